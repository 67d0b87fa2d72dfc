#include <numeric>
#include <optional>

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Tasks that wait for tasks: of their own executor, whatever its size, and in circles.

namespace {

/// The number of Fibonacci in the worst way: each call a task that waits for two others.
template <class Executor>
int fibonacci(Executor& ex, int n) {
  if (n < 2)
    return n;
  auto a = ex.submit([&ex, n] { return fibonacci(ex, n - 1); });
  auto b = ex.submit([&ex, n] { return fibonacci(ex, n - 2); });
  return a.get() + b.get();
}

/// Two tasks, or two executors, that come to wait for each other; returns what they threw.
template <class Executor>
std::vector<std::string> wait_for_each_other(Executor& one, Executor& two) {
  std::optional<future<int>> a;
  std::optional<future<int>> b;
  gate known;
  std::atomic<int> begun{0};
  gate both_run;
  auto wait_on = [&](std::optional<future<int>>& other) {
    if (++begun == 2)
      both_run.open();
    known.pass();
    both_run.pass();
    return other->get();
  };
  a = one.submit([&] { return wait_on(b); });
  b = two.submit([&] { return wait_on(a); });
  known.open();
  std::vector<std::string> texts;
  for (auto* f : {&*a, &*b})
    texts.push_back(f->wait_for(limit) ? describe(f->exception_for(0s)) : "it hangs");
  return texts;
}

} // namespace

TEST_CASE_TEMPLATE("own pool: one worker, and tasks that wait for tasks that wait", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  for (int workers : {1, 2, 3}) {
    Executor ex{{.max_workers = workers}};
    CHECK(ex.submit([&] { return fibonacci(ex, 12); }).get_for(limit) == 144);
    CHECK(ex.worker_count() <= workers);
    CHECK(ex.wait_idle_for(limit));
  }
}

TEST_CASE_TEMPLATE("own pool: wait, as_completed, when_all and map within a task", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  for (int workers : {1, 2}) {
    Executor ex{{.max_workers = workers}};
    auto some = [&] {
      std::vector<future<int>> all;
      for (int i = 1; i <= 10; ++i)
        all.push_back(ex.submit([i] { return i; }));
      return all;
    };
    auto by_wait = ex.submit([&] {
      int sum = 0;
      for (auto& f : wait(some()).done)
        sum += f.get();
      return sum;
    });
    CHECK(by_wait.get_for(limit) == 55);
    auto by_as_completed = ex.submit([&] {
      int sum = 0;
      for (auto f : as_completed(some()))
        sum += f.get();
      return sum;
    });
    CHECK(by_as_completed.get_for(limit) == 55);
    auto by_when_all = ex.submit([&] {
      int sum = 0;
      for (auto& f : when_all(some()).get())
        sum += f.get();
      return sum;
    });
    CHECK(by_when_all.get_for(limit) == 55);
    auto by_when_any = ex.submit([&] { return when_any(some()).get().futures.size(); });
    CHECK(by_when_any.get_for(limit) == 10);
    auto by_map = ex.submit([&] {
      int sum = 0;
      for (int i : ex.map([](int n) { return n; }, std::views::iota(1, 11)))
        sum += i;
      for (int i :
           ex.map([](int n) { return n; }, std::views::iota(1, 11), map_options{.buffer_size = 1}))
        sum += i;
      return sum;
    });
    CHECK(by_map.get_for(limit) == 110);
  }
}

TEST_CASE_TEMPLATE("own pool: then within a task, and a chain of them", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit([&] {
    auto g = ex.submit([] { return 1; });
    for (int i = 0; i < 20; ++i)
      g =
        i % 2 == 0 ? g.then(ex, [](int n) { return n + 1; }) : g.then([](int n) { return n + 1; });
    return g.get();
  });
  CHECK(f.get_for(limit) == 21);
}

TEST_CASE_TEMPLATE("own pool: a wait with a time limit helps, too, and ends", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit([&] {
    int got = ex.submit([] { return 1; }).get_for(limit);
    promise<int> never;
    auto patience = thrown_by([&] { (void)never.get_future().get_for(1ms); });
    return std::to_string(got) + patience;
  });
  CHECK(f.get_for(limit) == "1timeout_error");
}

TEST_CASE_TEMPLATE("own pool: what is cancelled while it is waited for", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit([&] {
    auto inner = ex.submit([] { return 1; });
    inner.cancel();
    CHECK(wait(std::vector{inner}, return_when::all_completed, limit).done.size() == 1);
    return thrown_by([&] { (void)inner.get(); });
  });
  CHECK(f.get_for(limit) == "cancelled_error");
  CHECK(ex.stats().cancelled == 1);
}

TEST_CASE_TEMPLATE("own pool: a task that waits for one that others run", Executor,
                   MAILROOM_EXECUTORS) {
  for (int round = 0; round < 20; ++round) {
    Executor ex{{.max_workers = 2}};
    gate begun;
    gate go;
    auto slow = ex.submit([&] {
      begun.open();
      go.pass();
      return 5;
    });
    begun.pass();
    auto f = ex.submit([&] {
      go.open();
      return slow.get() + 1;
    });
    CHECK(f.get_for(limit) == 6);
  }
}

TEST_CASE_TEMPLATE("own pool: a task that waits for a promise of another thread", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  promise<int> p;
  gate begun;
  auto f = ex.submit([&] {
    begun.open();
    return p.get_future().get();
  });
  begun.pass();
  p.set_value(3);
  CHECK(f.get_for(limit) == 3);
}

TEST_CASE_TEMPLATE("own pool: tasks wait for those of another one, and back, if there is room",
                   Executor, MAILROOM_EXECUTORS) {
  Executor one{{.max_workers = 1}};
  Executor two{{.max_workers = 2}};
  auto f = one.submit(
    [&] { return two.submit([&] { return two.submit([] { return 1; }).get() + 1; }).get() + 1; });
  CHECK(f.get_for(limit) == 3);
}

// -- circles --------------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("would_deadlock: a task that waits for itself", Executor, MAILROOM_EXECUTORS) {
  for (int workers : {1, 3}) {
    Executor ex{{.max_workers = workers}};
    std::optional<future<int>> self;
    gate known;
    self = ex.submit([&] {
      known.pass();
      return self->get();
    });
    known.open();
    REQUIRE(ends(*self));
    CHECK(thrown_by([&] { (void)self->get_for(0s); }) == "would_deadlock");
  }
}

TEST_CASE_TEMPLATE("would_deadlock: two tasks that wait for each other", Executor,
                   MAILROOM_EXECUTORS) {
  for (int round = 0; round < 20; ++round) {
    Executor ex{{.max_workers = 2, .thread_name_prefix = "pair"}};
    auto texts = wait_for_each_other(ex, ex);
    for (auto& text : texts)
      CHECK(contains(text, "would_deadlock: waiting would never end: pair_"));
    CHECK(ex.submit([] { return 1; }).get_for(limit) == 1); // it lives on
  }
}

TEST_CASE_TEMPLATE("would_deadlock: two executors that wait for each other", Executor,
                   MAILROOM_EXECUTORS) {
  for (int round = 0; round < 20; ++round) {
    Executor one{{.max_workers = 1, .thread_name_prefix = "one"}};
    Executor two{{.max_workers = 1, .thread_name_prefix = "two"}};
    auto texts = wait_for_each_other(one, two);
    // Who finds it is told. The other one hears of it, as the result it has waited for.
    for (auto& text : texts) {
      CHECK(contains(text, "would_deadlock: waiting would never end: "));
      CHECK(contains(text, "one_0"));
      CHECK(contains(text, "two_0"));
    }
  }
}

TEST_CASE_TEMPLATE("would_deadlock: for a task in the queue of an executor that waits for this one",
                   Executor, MAILROOM_EXECUTORS) {
  Executor one{{.max_workers = 1}};
  Executor two{{.max_workers = 1}};
  auto f = one.submit([&] {
    auto outer = two.submit([&] { return one.submit([] { return 1; }).get(); });
    return outer.get();
  });
  REQUIRE(ends(f));
  CHECK(thrown_by([&] { (void)f.get_for(0s); }) == "would_deadlock");
  CHECK(one.submit([] { return 1; }).get_for(limit) == 1);
  CHECK(two.submit([] { return 1; }).get_for(limit) == 1);
}

TEST_CASE_TEMPLATE("would_deadlock: wait and as_completed find it, too", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  std::optional<future<std::string>> self;
  gate known;
  self = ex.submit([&] {
    known.pass();
    auto by_wait = thrown_by([&] { wait(std::vector{*self}); });
    auto by_range = thrown_by([&] { as_completed(std::vector{*self}).begin(); });
    return by_wait + " " + by_range;
  });
  known.open();
  REQUIRE(ends(*self));
  CHECK(self->get_for(0s) == "would_deadlock would_deadlock");
}

TEST_CASE_TEMPLATE("would_deadlock: not where a time limit would end the wait", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  std::optional<future<std::string>> self;
  gate known;
  self = ex.submit([&] {
    known.pass();
    return thrown_by([&] { (void)self->get_for(1ms); });
  });
  known.open();
  REQUIRE(ends(*self));
  CHECK(self->get_for(0s) == "timeout_error");
}

TEST_CASE_TEMPLATE("would_deadlock: not among tasks that only wait for a while", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  // Many tasks wait for each other without a circle: no one may be told that it would never end.
  for (int workers : {1, 2, 3}) {
    Executor ex{{.max_workers = workers}};
    std::vector<future<int>> all;
    all.push_back(ex.submit([] { return 0; }));
    for (std::size_t i = 1; i < 200; ++i)
      all.push_back(
        ex.submit([f = all[i - 1], g = all[i / 2]] { return std::max(f.get(), g.get()) + 1; }));
    CHECK(all.back().get_for(limit) == 199);
  }
}
