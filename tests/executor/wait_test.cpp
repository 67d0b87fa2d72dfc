#include "mailroom/future/wait.hpp"

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

using futures = std::vector<future<int>>;

namespace {

/// Acts on another thread while this one waits.
template <class Act>
auto wait_while(Act act, const futures& all, return_when until) {
  std::jthread other{act};
  return wait(all, until, limit);
}

} // namespace

TEST_CASE("#028 wait: the same future twice is one") {
  promise<int> p;
  auto f = p.get_future();
  auto found = wait_while([&] { p.set_value(1); }, {f, f}, return_when::all_completed);
  CHECK(found.done == futures{f});
  CHECK(found.not_done.empty());
}

TEST_CASE("#029 wait: first_completed returns with the first, and cancelled is not yet done") {
  one_in_each_state p;
  promise<int> first;
  auto f1 = first.get_future();
  promise<int> second;
  auto f2 = second.get_future();
  auto cancelled = p.cancelled.get_future();
  auto found =
    wait_while([&] { first.set_value(6); }, {cancelled, f1, f2}, return_when::first_completed);
  CHECK(found.done == futures{f1});
  CHECK(found.not_done == futures{cancelled, f2});
}

TEST_CASE("#030 wait: first_completed returns at once with all that are done already") {
  one_in_each_state p;
  promise<int> slow;
  auto f = slow.get_future();
  auto notified = p.notified.get_future();
  auto succeeded = p.succeeded.get_future();
  auto found = wait(futures{notified, succeeded, f}, return_when::first_completed, limit);
  CHECK(found.done == futures{notified, succeeded});
  CHECK(found.not_done == futures{f});
}

TEST_CASE_TEMPLATE("#031 wait: first_exception is not stopped by a success", Executor,
                   MAILROOM_EXECUTORS) {
  gate fail;
  gate end;
  Executor ex{{.max_workers = 2}};
  auto f1 = ex.submit([&] {
    fail.open();
    return 2 * 21;
  });
  auto f2 = ex.submit([&]() -> int {
    fail.pass();
    throw mishap("f2");
  });
  auto f3 = ex.submit([&] {
    end.pass();
    return 3;
  });
  auto found = wait(futures{f1, f2, f3}, return_when::first_exception, limit);
  end.open();
  CHECK(found.done == futures{f1, f2});
  CHECK(found.not_done == futures{f3});
}

TEST_CASE("#032 wait: first_exception is not stopped by what is done or cancelled") {
  one_in_each_state p;
  promise<int> failing;
  auto f1 = failing.get_future();
  promise<int> slow;
  auto f2 = slow.get_future();
  auto succeeded = p.succeeded.get_future();
  auto cancelled = p.cancelled.get_future();
  auto notified = p.notified.get_future();
  auto found = wait_while([&] { failing.set_exception(a_mishap()); },
                          {succeeded, cancelled, notified, f1, f2}, return_when::first_exception);
  CHECK(found.done == futures{succeeded, notified, f1});
  CHECK(found.not_done == futures{cancelled, f2});
}

TEST_CASE("#033 wait: first_exception returns at once if one has failed") {
  one_in_each_state p;
  promise<int> slow;
  auto f = slow.get_future();
  auto failed = p.failed.get_future();
  auto found = wait(futures{failed, f}, return_when::first_exception, limit);
  CHECK(found.done == futures{failed});
  CHECK(found.not_done == futures{f});
}

TEST_CASE_TEMPLATE("#034 wait: all_completed waits for failures, too", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  one_in_each_state p;
  Executor ex{{.max_workers = 2}};
  auto f1 = ex.submit([]() -> int { throw mishap("f1"); });
  auto f2 = ex.submit([] { return 42; });
  auto notified = p.notified.get_future();
  auto failed = p.failed.get_future();
  auto found = wait(futures{notified, failed, f1, f2}, return_when::all_completed, limit);
  CHECK(found.done == futures{notified, failed, f1, f2});
  CHECK(found.not_done.empty());
}

TEST_CASE("#035 wait: running out of time is no error") {
  one_in_each_state p;
  promise<int> slow;
  auto f = slow.get_future();
  auto succeeded = p.succeeded.get_future();
  for (auto timeout : {0ms, 5ms}) {
    auto found = wait(futures{succeeded, f}, return_when::all_completed, timeout);
    CHECK(found.done == futures{succeeded});
    CHECK(found.not_done == futures{f});
  }
}

TEST_CASE_TEMPLATE("#036 wait: tasks that end while it begins to wait are not missed", Executor,
                   MAILROOM_EXECUTORS) {
  for (int round = 0; round < 20; ++round) {
    gate go;
    Executor ex{{.max_workers = 8}};
    futures all;
    for (int i = 0; i < 100; ++i)
      all.push_back(ex.submit([&go, i] {
        go.pass();
        return i;
      }));
    go.open();
    CHECK(wait(all, return_when::all_completed, limit).not_done.empty());
  }
}

// -- what Python does not ask -------------------------------------------------------------------------

TEST_CASE("wait: nothing to wait for is no reason to wait") {
  for (auto until :
       {return_when::first_completed, return_when::first_exception, return_when::all_completed}) {
    auto found = wait(futures{}, until);
    CHECK(found.done.empty());
    CHECK(found.not_done.empty());
  }
}

TEST_CASE("wait: futures of void, of references, and of no matter what") {
  promise<void> nothing;
  promise<int> number;
  nothing.set_value();
  number.set_value(1);
  CHECK(wait(std::vector{nothing.get_future()}, return_when::all_completed, limit).done.size()
        == 1);
  std::vector<any_future> both{nothing.get_future(), number.get_future()};
  CHECK(wait(both, return_when::all_completed, limit).done == both);
}

TEST_CASE("wait: cancelled without anybody to notice is waited for in vain") {
  // As in Python: wait looks for who would have run it. get does not.
  promise<int> p;
  auto f = p.get_future();
  f.cancel();
  CHECK(wait(futures{f}, return_when::all_completed, 1ms).not_done == futures{f});
  CHECK_THROWS_AS((void)f.get_for(0s), cancelled_error);
  p.set_running_or_notify_cancel();
  CHECK(wait(futures{f}, return_when::all_completed, limit).done == futures{f});
}
