#include <concepts>
#include <optional>

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// What Python documents or does, but does not test.

using futures = std::vector<future<int>>;

TEST_CASE("#b01 future: callbacks run in the order in which they were added, where it ends") {
  for (bool by_cancel : {false, true}) {
    promise<int> p;
    auto f = p.get_future();
    std::vector<int> order;
    std::thread::id ran_on;
    for (int i = 0; i < 5; ++i)
      f.add_done_callback([&, i](const future<int>&) {
        order.push_back(i);
        ran_on = std::this_thread::get_id();
      });
    std::thread::id ended_on;
    std::thread{[&] {
      ended_on = std::this_thread::get_id();
      if (by_cancel)
        f.cancel();
      else
        p.set_value(1);
    }}.join();
    CHECK(order == std::vector{0, 1, 2, 3, 4});
    CHECK(ran_on == ended_on);
  }
}

TEST_CASE_TEMPLATE("#b01 future: of a task, they run on its worker", Executor, MAILROOM_EXECUTORS) {
  gate go;
  gate called;
  int ran_on = -2;
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit([&] {
    go.pass();
    return this_worker::index();
  });
  f.add_done_callback([&](const future<int>&) {
    ran_on = this_worker::index();
    called.open();
  });
  go.open();
  called.pass();
  CHECK(ran_on == f.get_for(limit));
}

TEST_CASE("#b02 promise: beginning a cancelled one tells those who wait") {
  promise<int> p;
  auto f = p.get_future();
  f.cancel();
  gate waits;
  std::jthread worker{[&] {
    waits.pass();
    CHECK_FALSE(p.set_running_or_notify_cancel());
  }};
  auto range = as_completed(futures{f}, limit);
  waits.open();
  CHECK(wait(futures{f}, return_when::all_completed, limit).done == futures{f});
  CHECK(*range.begin() == f);
  CHECK(f.state() == future_state::cancelled_and_notified);
}

TEST_CASE("#b02 promise: it can be begun once, all else is an error and reported") {
  listener log;
  promise<int> p;
  CHECK(p.set_running_or_notify_cancel());
  CHECK(p.get_future().running());
  CHECK_THROWS_AS(p.set_running_or_notify_cancel(), invalid_state_error);
  p.set_value(1);
  CHECK_THROWS_AS(p.set_running_or_notify_cancel(), invalid_state_error);
  promise<int> cancelled;
  cancelled.get_future().cancel();
  CHECK_FALSE(cancelled.set_running_or_notify_cancel());
  CHECK_THROWS_AS(cancelled.set_running_or_notify_cancel(), invalid_state_error);
  CHECK(log.heard().size() == 3);
}

TEST_CASE("#b03 promise: what was cancelled takes no result") {
  one_in_each_state p;
  for (auto* late : {&p.cancelled, &p.notified}) {
    auto before = late->get_future().state();
    CHECK_THROWS_WITH_AS(late->set_value(1), doctest::Contains("cancelled"), invalid_state_error);
    CHECK_THROWS_AS(late->set_exception(a_mishap()), invalid_state_error);
    CHECK(late->get_future().state() == before);
  }
}

TEST_CASE_TEMPLATE("#b04 wait: futures of several executors, in any order, by several threads",
                   Executor, MAILROOM_EXECUTORS) {
  for (int round = 0; round < 20; ++round) {
    gate go;
    Executor one{{.max_workers = 2}};
    Executor two{{.max_workers = 2}};
    promise<int> p;
    futures all{p.get_future()};
    for (int i = 0; i < 10; ++i)
      for (auto* ex : {&one, &two})
        all.push_back(ex->submit([&, i] {
          go.pass();
          return i;
        }));
    futures backwards(all.rbegin(), all.rend());
    std::jthread other{[&] {
      int sum = 0;
      for (auto f : as_completed(backwards, limit))
        sum += f.get();
      CHECK(sum == 97);
    }};
    go.open();
    p.set_value(7);
    CHECK(wait(all, return_when::all_completed, limit).not_done.empty());
  }
}

TEST_CASE("#b05 wait: the compiler knows when it may return") {
  static_assert(!std::is_convertible_v<int, return_when>);
  static_assert(!std::is_convertible_v<const char*, return_when>);
  static_assert(std::is_enum_v<return_when>);
  static_assert(
    !std::invocable<decltype([](auto r) -> decltype(wait(futures{}, r)) { return {}; }), int>);
}

TEST_CASE("#b06 as_completed: what was done comes first as given, the rest as it is done") {
  std::vector<promise<int>> p(6);
  futures all;
  for (auto& one : p)
    all.push_back(one.get_future());
  p[4].set_value(4);
  p[1].set_value(1);
  auto range = as_completed(all, limit);
  for (std::size_t late : {5u, 0u, 3u, 2u})
    p[late].set_value(static_cast<int>(late));
  std::vector<int> order;
  for (auto f : range)
    order.push_back(f.get());
  CHECK(order == std::vector{1, 4, 5, 0, 3, 2});
}

TEST_CASE_TEMPLATE("#b07 shutdown: again, and by several threads at once", Executor,
                   MAILROOM_EXECUTORS) {
  gate go;
  std::atomic<int> ended{0};
  Executor ex{{.max_workers = 2, .finalizer = [&] { ++ended; }}};
  for (int i = 0; i < 10; ++i)
    ex.post([&] { go.pass(); });
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < 4; ++i)
      all.emplace_back([&] { CHECK(ex.shutdown({.timeout = limit})); });
    go.open();
  }
  CHECK(ended == 2);
  CHECK(ex.stats().done == 10);
  CHECK(ex.shutdown());
  CHECK(ex.shutdown({.wait = false, .cancel_futures = true}));
}

TEST_CASE_TEMPLATE("#b08 submit: broken is worse than shut down", Executor, MAILROOM_EXECUTORS) {
  listener silence;
  Executor ex{{.max_workers = 1, .initializer = [] { throw mishap("no bed"); }}};
  ex.post([] {});
  CHECK(eventually([&] { return ex.is_broken(); }));
  CHECK(ex.shutdown({.timeout = limit}));
  CHECK_THROWS_AS((void)ex.submit([] {}), broken_executor);
}

TEST_CASE_TEMPLATE("#b09 initializer: what cannot be called is refused by the compiler", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  using initializer = decltype(executor_options::initializer);
  static_assert(!std::is_constructible_v<initializer, int>);
  static_assert(!std::is_constructible_v<initializer, decltype([](int) {})>);
  static_assert(std::is_constructible_v<initializer, decltype([] { return 1; })>);
  Executor ex{{.max_workers = 1, .initializer = nullptr}}; // that is none
  CHECK(ex.submit([] { return 1; }).get_for(limit) == 1);
}

TEST_CASE_TEMPLATE("#b10 cancel: all but the tasks that run can be cancelled", Executor,
                   MAILROOM_EXECUTORS) {
  gate go;
  std::atomic<int> ran{0};
  Executor ex{{.max_workers = 2}};
  std::vector<future<void>> all;
  for (int i = 0; i < 40; ++i)
    all.push_back(ex.submit([&] {
      ++ran;
      go.pass();
    }));
  CHECK(eventually([&] { return ran == 2; }));
  int cancelled = 0;
  for (auto& f : all)
    cancelled += f.cancel() ? 1 : 0;
  CHECK(cancelled == 38);
  go.open();
  CHECK(wait(all, return_when::all_completed, limit).not_done.empty());
  CHECK(ran == 2);
  CHECK(ex.stats().cancelled == 38);
}

TEST_CASE_TEMPLATE("#b11 own pool: a task may wait for a later one of its only worker", Executor,
                   MAILROOM_EXECUTORS) {
  // The two examples of Python's documentation that deadlock there.
  Executor one{{.max_workers = 1}};
  auto outer = one.submit([&] { return one.submit([] { return 5; }).get() + 1; });
  CHECK(outer.get_for(limit) == 6);

  Executor two{{.max_workers = 2}};
  gate both_known;
  std::optional<future<int>> a;
  std::optional<future<int>> b;
  auto wait_on = [&](std::optional<future<int>>& other) {
    both_known.pass();
    return other->get();
  };
  a = two.submit([&] { return wait_on(b); });
  b = two.submit([&] { return wait_on(a); });
  both_known.open();
  CHECK(ends(*a));
  CHECK(ends(*b));
  CHECK(thrown_by([&] { (void)a->get_for(0s); }) == "would_deadlock");
  CHECK(thrown_by([&] { (void)b->get_for(0s); }) == "would_deadlock");
}

TEST_CASE_TEMPLATE("#b12 submit: whatever a task throws, its worker lives on", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  struct no_exception {};
  Executor ex{{.max_workers = 1}};
  for (int i = 0; i < 3; ++i) {
    auto f = ex.submit([] { throw no_exception{}; });
    CHECK(describe(f.exception_for(limit)).starts_with("an exception of type "));
  }
  CHECK(ex.submit(&this_worker::index).get_for(limit) == 0);
  CHECK(ex.worker_count() == 1);
}

TEST_CASE("#b12 future: whatever a callback throws is reported") {
  listener log;
  promise<int> p;
  bool next_was_called = false;
  p.get_future().add_done_callback([](const future<int>&) { throw 1; });
  p.get_future().add_done_callback([&](const future<int>&) { next_was_called = true; });
  p.set_value(1);
  CHECK(next_was_called);
  REQUIRE(log.heard().size() == 1);
  CHECK(contains(log.heard()[0], "an exception of type int"));
}

TEST_CASE_TEMPLATE("#b13 map: an exception that ends the walk cancels the rest", Executor,
                   MAILROOM_EXECUTORS) {
  gate begun;
  gate go;
  std::atomic<int> ran{0};
  Executor ex{{.max_workers = 1}};
  CHECK_THROWS_AS(
    [&] {
      for (int i : ex.map(
             [&](int n) {
               if (++ran == 2) {
                 begun.open();
                 go.pass();
               }
               return n;
             },
             std::views::iota(0, 20))) {
        begun.pass();
        throw mishap(std::to_string(i).c_str());
      }
    }(),
    mishap);
  go.open();
  ex.shutdown();
  CHECK(ran == 2);
  CHECK(ex.stats().cancelled == 18);
}
