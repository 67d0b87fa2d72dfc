#include "mailroom/future/then.hpp"

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// What comes after: then, when_all, when_any.

TEST_CASE("then: with the value, on the thread that gives it") {
  promise<int> p;
  std::thread::id ran_on;
  auto f = p.get_future().then([&](int n) {
    ran_on = std::this_thread::get_id();
    return std::to_string(n) + "!";
  });
  static_assert(std::same_as<decltype(f), future<std::string>>);
  CHECK_FALSE(f.done());
  p.set_value(4);
  CHECK(f.get_for(0s) == "4!");
  CHECK(ran_on == std::this_thread::get_id());
}

TEST_CASE("then: after what is done already, at once") {
  promise<void> p;
  p.set_value();
  CHECK(p.get_future().then([] { return 1; }).get_for(0s) == 1);
  CHECK_NOTHROW(p.get_future().then([] {}).get_for(0s));
}

TEST_CASE("then: an exception goes past those who want a value") {
  promise<int> p;
  bool called = false;
  auto f = p.get_future().then([&](int) { called = true; }).then([&] { called = true; });
  p.set_exception(a_mishap("early"));
  CHECK(describe(f.exception_for(0s)) == "mailroom::test::mishap: early");
  CHECK_FALSE(called);
}

TEST_CASE("then: who takes the future is always called") {
  one_in_each_state p;
  auto look = [](const future<int>& f) { return f.cancelled() ? -1 : f.exception() ? 0 : f.get(); };
  CHECK(p.succeeded.get_future().then(look).get_for(0s) == 42);
  CHECK(p.failed.get_future().then(look).get_for(0s) == 0);
  CHECK(p.cancelled.get_future().then(look).get_for(0s) == -1);
}

TEST_CASE("then: what it throws is its result") {
  promise<int> p;
  auto f = p.get_future().then([](int) -> int { throw mishap("late"); });
  p.set_value(1);
  CHECK(describe(f.exception_for(0s)) == "mailroom::test::mishap: late");
}

TEST_CASE("then: cancelling the first cancels what comes after, and those who wait hear of it") {
  promise<int> p;
  bool called = false;
  auto f = p.get_future().then([&](int) { called = true; });
  p.get_future().cancel();
  CHECK(f.cancelled());
  CHECK(wait(std::vector{f}, return_when::all_completed, limit).done.size() == 1);
  CHECK_FALSE(called);
}

TEST_CASE("then: cancelled itself, it is not called, and the first goes on") {
  promise<int> p;
  bool called = false;
  auto f = p.get_future().then([&](int) { called = true; });
  CHECK(f.cancel());
  p.set_value(1);
  CHECK_FALSE(called);
  CHECK(p.get_future().get_for(0s) == 1);
  CHECK(wait(std::vector{f}, return_when::all_completed, limit).done.size() == 1);
}

TEST_CASE("then: cancelled itself, and the first fails: those who wait hear of it, too") {
  promise<int> p;
  auto f = p.get_future().then([&](int) {});
  CHECK(f.cancel());
  p.set_exception(a_mishap());
  CHECK(wait(std::vector{f}, return_when::all_completed, 1s).done.size() == 1);
}

TEST_CASE("then: what can only be moved is handed through") {
  promise<std::unique_ptr<int>> p;
  auto f = p.get_future().then([n = std::make_unique<int>(1)](std::unique_ptr<int> m) {
    return std::make_unique<int>(*n + *m);
  });
  p.set_value(std::make_unique<int>(2));
  REQUIRE(ends(f));
  CHECK(*f.take() == 3);
}

TEST_CASE("then: what it holds goes when it has run") {
  promise<int> p;
  auto object = std::make_shared<int>(1);
  std::weak_ptr<int> watch = object;
  auto f = p.get_future().then([object](int n) { return n + *object; });
  object = nullptr;
  CHECK_FALSE(watch.expired());
  p.set_value(1);
  CHECK(watch.expired());
  CHECK(f.get_for(0s) == 2);
}

TEST_CASE("then: a long chain does not end on the stack") {
  promise<int> p;
  future<int> f = p.get_future();
  for (int i = 0; i < 1000; ++i)
    f = f.then([](int n) { return n + 1; });
  p.set_value(0);
  CHECK(f.get_for(limit) == 1000);
}

TEST_CASE_TEMPLATE("then: by a task of an executor", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1, .thread_name_prefix = "second"}};
  promise<int> p;
  auto f = p.get_future().then(ex, [](int n) { return std::to_string(n) + this_worker::name(); });
  p.set_value(1);
  CHECK(f.get_for(limit) == "1second_0");
  promise<void> fails;
  auto g = fails.get_future().then(ex, [] { return 1; });
  fails.set_exception(a_mishap("early"));
  CHECK(describe(g.exception_for(limit)) == "mailroom::test::mishap: early");
}

TEST_CASE_TEMPLATE("then: by an executor that takes no tasks any more, it fails", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  promise<int> p;
  auto f = p.get_future().then(ex, [](int n) { return n; });
  auto cancelled = p.get_future().then(ex, [](int n) { return n; });
  ex.shutdown();
  CHECK(cancelled.cancel());
  p.set_value(1);
  CHECK(thrown_by([&] { (void)f.get_for(limit); }) == "shutdown_error");
  CHECK(wait(std::vector{cancelled}, return_when::all_completed, 1s).done.size() == 1);
}

TEST_CASE_TEMPLATE("then: by an executor that is gone, it fails", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  promise<int> p;
  future<int> f;
  {
    Executor ex{{.max_workers = 1}};
    f = p.get_future().then(ex, [](int n) { return n; });
  }
  p.set_value(1);
  CHECK(thrown_by([&] { (void)f.get_for(limit); }) == "shutdown_error");
}

TEST_CASE_TEMPLATE("then: its executor may go as soon as it has run", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor first{{.max_workers = 1}};
  for (int i = 0; i < 50; ++i) {
    Executor second{{.max_workers = 1}};
    CHECK(first.submit([] { return 1; }).then(second, [](int n) { return n; }).get_for(limit) == 1);
  } // the worker of the first may still be submitting
}

TEST_CASE_TEMPLATE("then: by an executor that is shut down before its turn, it is cancelled",
                   Executor, MAILROOM_EXECUTORS) {
  gate begun;
  gate go;
  Executor ex{{.max_workers = 1}};
  ex.post([&] {
    begun.open();
    go.pass();
  });
  begun.pass();
  promise<int> p;
  auto f = p.get_future().then(ex, [](int n) { return n; });
  p.set_value(1);
  ex.shutdown({.wait = false, .cancel_futures = true});
  CHECK(f.cancelled());
  CHECK(wait(std::vector{f}, return_when::all_completed, limit).done.size() == 1);
  go.open();
}

TEST_CASE_TEMPLATE("then: many, from one executor to another and back", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor one{{.max_workers = 2}};
  Executor two{{.max_workers = 2}};
  std::vector<future<int>> all;
  for (int i = 0; i < 100; ++i)
    all.push_back(
      one.submit([i] { return i; }).then(two, [](int n) { return 2 * n; }).then(one, [](int n) {
        return n + 1;
      }));
  for (int i = 0; i < 100; ++i)
    CHECK(all[static_cast<std::size_t>(i)].get_for(limit) == 2 * i + 1);
}

// -- when_all, when_any ---------------------------------------------------------------------------------------

TEST_CASE("when_all: done when all are, however they end") {
  promise<int> one;
  promise<int> two;
  promise<int> three;
  auto all = when_all(std::vector{one.get_future(), two.get_future(), three.get_future()});
  one.set_value(1);
  two.set_exception(a_mishap());
  CHECK_FALSE(all.done());
  three.get_future().cancel();
  auto ended = all.get_for(0s);
  REQUIRE(ended.size() == 3);
  CHECK(ended[0].get() == 1);
  CHECK(ended[1].exception() != nullptr);
  CHECK(ended[2].cancelled());
}

TEST_CASE("when_all: of none is done") {
  CHECK(when_all(std::vector<future<int>>{}).get_for(0s).empty());
}

TEST_CASE("when_all: cancelled, it leaves the others alone") {
  promise<int> p;
  auto all = when_all(std::vector{p.get_future()});
  CHECK(all.cancel());
  CHECK_FALSE(p.get_future().done());
  p.set_value(1);
  CHECK(p.get_future().get_for(0s) == 1);
  CHECK(wait(std::vector{all}, return_when::all_completed, limit).done.size() == 1);
}

TEST_CASE("when_any: says which was first, and leaves the others alone") {
  std::vector<promise<int>> p(3);
  std::vector<future<int>> futures;
  for (auto& one : p)
    futures.push_back(one.get_future());
  auto any = when_any(futures);
  CHECK_FALSE(any.done());
  p[1].set_exception(a_mishap());
  p[0].set_value(1);
  auto first = any.get_for(0s);
  CHECK(first.index == 1);
  CHECK(first.futures == futures);
  CHECK_FALSE(futures[2].done());
}

TEST_CASE("when_any: one that is done already is first, and of none there is none") {
  promise<int> never;
  promise<int> done;
  done.set_value(1);
  CHECK(when_any(std::vector{never.get_future(), done.get_future()}).get_for(0s).index == 1);
  CHECK_THROWS_AS((void)when_any(std::vector<future<int>>{}), std::invalid_argument);
}

TEST_CASE("when_any: cancelled, those who wait hear of it when the first is done") {
  promise<int> p;
  auto any = when_any(std::vector{p.get_future()});
  CHECK(any.cancel());
  p.set_value(1);
  CHECK(wait(std::vector{any}, return_when::all_completed, limit).done.size() == 1);
}

TEST_CASE_TEMPLATE("when_all, when_any: of tasks that end at once", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  for (int round = 0; round < 50; ++round) {
    Executor ex{{.max_workers = 3}};
    std::vector<future<int>> futures;
    for (int i = 0; i < 20; ++i)
      futures.push_back(ex.submit([i] { return i; }));
    auto any = when_any(futures);
    auto all = when_all(futures);
    CHECK(all.get_for(limit).size() == 20);
    CHECK(any.get_for(limit).index < 20);
  }
}
