#include <coroutine>

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

future<int> sum(future<int> a, future<int> b) {
  int first = co_await a;
  co_return first + co_await b;
}

future<void> fails(future<int> f) {
  co_await f;
  throw mishap("afterwards");
}

future<std::unique_ptr<int>> increment(future<std::unique_ptr<int>> f) {
  auto n = co_await f;
  ++*n;
  co_return n;
}

future<std::string> catches(future<int> f) {
  try {
    co_await f;
  } catch (const cancelled_error&) {
    co_return "cancelled";
  } catch (const mishap& e) {
    co_return e.what();
  }
  co_return "nothing";
}

template <class Executor>
future<int> hop(Executor& ex) {
  int before = this_worker::index();
  co_await resume_on(ex);
  co_return 10 * before + this_worker::index();
}

template <class Executor>
future<int> tree(Executor& ex, int depth) {
  co_await resume_on(ex);
  if (depth == 0)
    co_return 1;
  auto left = tree(ex, depth - 1);
  auto right = tree(ex, depth - 1);
  co_return co_await left + co_await right;
}

} // namespace

TEST_CASE("coroutine: goes on when what it awaits is done") {
  promise<int> a;
  promise<int> b;
  auto f = sum(a.get_future(), b.get_future());
  CHECK(f.running());
  CHECK_FALSE(f.cancel()); // it has begun
  b.set_value(2);
  CHECK_FALSE(f.done());
  a.set_value(1);
  CHECK(f.get_for(0s) == 3);
}

TEST_CASE("coroutine: what is done already is not waited for") {
  promise<int> p;
  p.set_value(4);
  CHECK(sum(p.get_future(), p.get_future()).get_for(0s) == 8);
}

TEST_CASE("coroutine: exceptions, cancelling and broken promises are thrown at it") {
  one_in_each_state p;
  CHECK(catches(p.failed.get_future()).get_for(0s) == "mishap");
  CHECK(catches(p.cancelled.get_future()).get_for(0s) == "cancelled");
  CHECK(catches(p.succeeded.get_future()).get_for(0s) == "nothing");
  future<int> f;
  {
    promise<int> broken;
    f = sum(broken.get_future(), broken.get_future());
  }
  CHECK(thrown_by([&] { (void)f.get_for(0s); }) == "broken_promise");
}

TEST_CASE("coroutine: what it throws is its result") {
  promise<int> p;
  auto f = fails(p.get_future());
  p.set_value(1);
  CHECK(describe(f.exception_for(0s)) == "mailroom::test::mishap: afterwards");
}

TEST_CASE("coroutine: what can only be moved is moved") {
  promise<std::unique_ptr<int>> p;
  auto f = increment(p.get_future());
  p.set_value(std::make_unique<int>(1));
  REQUIRE(ends(f));
  CHECK(*f.take() == 2);
}

TEST_CASE_TEMPLATE("coroutine: awaits tasks, and no thread waits", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  std::vector<future<int>> all;
  for (int i = 0; i < 100; ++i)
    all.push_back(sum(ex.submit([i] { return i; }), ex.submit([] { return 1; })));
  for (int i = 0; i < 100; ++i)
    CHECK(all[static_cast<std::size_t>(i)].get_for(limit) == i + 1);
}

TEST_CASE_TEMPLATE("coroutine: resume_on goes on in a task", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  CHECK(hop(ex).get_for(limit) == -10);
}

TEST_CASE_TEMPLATE("coroutine: a tree of them on one worker", Executor, MAILROOM_ALL_EXECUTORS) {
  for (int workers : {1, 3}) {
    Executor ex{{.max_workers = workers}};
    CHECK(tree(ex, 6).get_for(limit) == 64);
    CHECK(ex.wait_idle_for(limit));
  }
}

TEST_CASE_TEMPLATE("coroutine: resume_on throws if no more tasks are taken", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  ex.shutdown();
  auto f = hop(ex);
  CHECK(thrown_by([&] { (void)f.get_for(limit); }) == "shutdown_error");
}

TEST_CASE_TEMPLATE("coroutine: resume_on throws if its task is cancelled before its turn", Executor,
                   MAILROOM_EXECUTORS) {
  gate begun;
  gate go;
  Executor ex{{.max_workers = 1}};
  ex.post([&] {
    begun.open();
    go.pass();
  });
  begun.pass();
  auto f = hop(ex);
  ex.shutdown({.wait = false, .cancel_futures = true});
  go.open();
  CHECK(f.wait_for(1s));
  CHECK(thrown_by([&] { (void)f.get_for(0s); }) == "cancelled_error");
}

TEST_CASE_TEMPLATE("coroutine: resume_on throws if there is no room for its task", Executor,
                   MAILROOM_EXECUTORS) {
  listener silence;
  gate begun;
  gate go;
  Executor ex{{.max_workers = 1, .max_queued = 1, .overflow = overflow_policy::drop_newest}};
  ex.post([&] {
    begun.open();
    go.pass();
  });
  begun.pass();
  ex.post([] {});
  auto f = hop(ex);
  CHECK(f.wait_for(1s));
  CHECK(thrown_by([&] { (void)f.get_for(0s); }) == "rejected");
  go.open();
}
