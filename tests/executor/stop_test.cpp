#include <stop_token>

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Ending tasks early: by request, by time, and by taking them out of the queue.

namespace {

/// A task that runs until it is asked to stop.
class obedient {
public:
  bool operator()(const std::stop_token& stop) {
    begun.open();
    return eventually([&] { return stop.stop_requested(); });
  }
  gate begun;
};

} // namespace

TEST_CASE_TEMPLATE("stop: a task that runs hears of it", Executor, MAILROOM_EXECUTORS) {
  obedient task;
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit(std::ref(task));
  task.begun.pass();
  CHECK_FALSE(f.cancel());
  CHECK(f.request_stop());
  CHECK(f.get_for(limit));
  CHECK_FALSE(f.request_stop()); // it is over
}

TEST_CASE_TEMPLATE("stop: the token comes before the arguments", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit(
    [](const std::stop_token& stop, int n, const std::string& s) {
      return stop.stop_possible() ? std::to_string(n) + s : "";
    },
    4, "2");
  CHECK(f.get_for(limit) == "42");
}

TEST_CASE_TEMPLATE("stop: a task that has not begun is cancelled", Executor, MAILROOM_EXECUTORS) {
  gate go;
  Executor ex{{.max_workers = 1}};
  ex.post([&] { go.pass(); });
  auto f = ex.submit([] { return 1; });
  CHECK(f.request_stop());
  CHECK(f.cancelled());
  go.open();
}

TEST_CASE_TEMPLATE("stop: a task that runs and takes no token cannot be told", Executor,
                   MAILROOM_EXECUTORS) {
  gate begun;
  gate go;
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit([&] {
    begun.open();
    go.pass();
    return 1;
  });
  begun.pass();
  CHECK_FALSE(f.request_stop());
  go.open();
  CHECK(f.get_for(limit) == 1);
}

TEST_CASE_TEMPLATE("stop: by a token of one's own, a running task and one in the queue", Executor,
                   MAILROOM_EXECUTORS) {
  std::stop_source source;
  task_options options{.stop = source.get_token()};
  obedient task;
  Executor ex{{.max_workers = 1}};
  auto running = ex.submit(options, std::ref(task));
  auto queued = ex.submit(options, [] { return 1; });
  auto other = ex.submit([] { return 2; });
  task.begun.pass();
  source.request_stop();
  CHECK(running.get_for(limit));
  CHECK(queued.cancelled());
  CHECK(other.get_for(limit) == 2);
}

TEST_CASE_TEMPLATE("stop: by a token that was stopped before, nothing begins", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  std::stop_source source;
  source.request_stop();
  std::atomic<bool> ran{false};
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit(task_options{.stop = source.get_token()}, [&] { ran = true; });
  ex.post(task_options{.stop = source.get_token()}, [&] { ran = true; });
  CHECK(f.cancelled());
  CHECK(ex.wait_idle_for(limit));
  CHECK_FALSE(ran);
  CHECK(ex.stats().cancelled == 2);
}

// -- deadlines --------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("deadline: a task that is still queued then never begins", Executor,
                   MAILROOM_EXECUTORS) {
  gate go;
  std::atomic<bool> ran{false};
  Executor ex{{.max_workers = 1}};
  ex.post([&] { go.pass(); });
  auto f = ex.submit(task_options{.deadline = 5ms}, [&] { ran = true; });
  REQUIRE(ends(f));
  CHECK_THROWS_WITH_AS(f.get_for(0s), "the task missed its deadline", timeout_error);
  go.open();
  CHECK(ex.wait_idle_for(limit));
  CHECK_FALSE(ran);
  CHECK(ex.stats().failed == 1);
}

TEST_CASE_TEMPLATE("deadline: of a task that runs, the future ends, and it is asked to stop",
                   Executor, MAILROOM_EXECUTORS) {
  std::atomic<bool> begun{false};
  std::atomic<bool> stopped{false};
  gate go;
  Executor ex{{.max_workers = 1}};
  std::uint64_t submitted = 0;
  // A slow machine may not even begin it in time.
  for (auto deadline = 5ms; !begun; deadline *= 2) {
    REQUIRE(deadline < limit);
    ++submitted;
    auto f = ex.submit(task_options{.deadline = deadline}, [&](const std::stop_token& stop) {
      begun = true;
      stopped = eventually([&] { return stop.stop_requested(); });
      go.pass();
      return 1;
    });
    REQUIRE(ends(f));
    CHECK_THROWS_AS((void)f.get_for(0s), timeout_error);
  }
  CHECK(ex.stats().running == 1); // its worker is busy until it returns
  CHECK(ex.stats().done == 0);
  go.open();
  CHECK(ex.wait_idle_for(limit));
  CHECK(stopped);
  CHECK(ex.stats().failed == submitted);
}

TEST_CASE_TEMPLATE("deadline: far away, it does no harm, and keeps nothing alive", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  auto object = std::make_shared<int>(7);
  std::weak_ptr<int> watch = object;
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit(task_options{.deadline = std::chrono::hours{24}}, [object] { return object; });
  object = nullptr;
  CHECK(*f.get_for(limit) == 7);
  f = {};
  CHECK(eventually([&] { return watch.expired(); }));
  CHECK(ex.submit(task_options{.deadline = std::chrono::nanoseconds::max()}, [] { return 1; })
          .get_for(limit)
        == 1);
}

TEST_CASE_TEMPLATE("deadline: long past, for many tasks, and each ends once", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  std::vector<future<int>> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(
      ex.submit(task_options{.deadline = std::chrono::nanoseconds{i * 500}}, [i] { return i; }));
  std::uint64_t in_time = 0;
  for (int i = 0; i < 200; ++i) {
    auto& f = all[static_cast<std::size_t>(i)];
    REQUIRE(ends(f));
    if (auto error = f.exception())
      CHECK(describe(error) == "mailroom::timeout_error: the task missed its deadline");
    else
      in_time += f.get() == i ? 1 : 0;
  }
  CHECK(ex.wait_idle_for(limit));
  auto s = ex.stats();
  CHECK(s.done == in_time);
  CHECK(s.failed == 200 - in_time);
}

TEST_CASE_TEMPLATE("deadline: of a task whose submitter waits for room, in vain", Executor,
                   MAILROOM_EXECUTORS) {
  gate begun;
  gate go;
  Executor ex{{.max_workers = 1, .max_queued = 1}};
  ex.post([&] {
    begun.open();
    go.pass();
  });
  begun.pass();
  ex.post([] {});
  auto late = std::make_shared<int>(1);
  std::weak_ptr<int> watch = late;
  std::string thrown;
  {
    std::jthread submitter{[&, late = std::exchange(late, nullptr)]() mutable {
      thrown = thrown_by([&] {
        (void)ex.submit(task_options{.deadline = 1ms}, [late = std::move(late)] { return *late; });
      });
    }};
    CHECK(eventually([&] { return watch.expired(); })); // the deadline has passed
    ex.shutdown({.wait = false});
  }
  CHECK(thrown == "shutdown_error");
  go.open();
  CHECK(ex.shutdown({.timeout = limit}));
  CHECK(ex.wait_idle_for(limit));
  CHECK(ex.stats().done == 2);
}

// -- remove -----------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("remove: a queued task is cancelled and gone at once", Executor,
                   MAILROOM_EXECUTORS) {
  gate begun;
  gate go;
  Executor ex{{.max_workers = 1}};
  auto running = ex.submit([&] {
    begun.open();
    go.pass();
    return 0;
  });
  begun.pass();
  auto object = std::make_shared<int>(1);
  std::weak_ptr<int> watch = object;
  auto first = ex.submit([] { return 1; });
  auto second = ex.submit([object] { return *object; });
  auto third = ex.submit(task_options{.priority = 3}, [] { return 3; });
  object = nullptr;
  CHECK(ex.stats().queued == 3);
  CHECK(ex.remove(second));
  CHECK(watch.expired());
  CHECK(second.state() == future_state::cancelled_and_notified);
  CHECK(wait(std::vector{second}, return_when::all_completed, limit).done.size() == 1);
  CHECK(ex.remove(third));
  CHECK(ex.stats().queued == 1);
  CHECK_FALSE(ex.remove(second)); // it is gone
  CHECK_FALSE(ex.remove(running));
  go.open();
  CHECK(first.get_for(limit) == 1);
  CHECK(ex.stats().cancelled == 2);
}

TEST_CASE_TEMPLATE("remove: a task a task has submitted, too", Executor, MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  std::atomic<bool> ran{false};
  auto f = ex.submit([&] {
    auto inner = ex.submit([&] { ran = true; });
    return ex.remove(inner) && inner.cancelled();
  });
  CHECK(f.get_for(limit));
  CHECK(ex.wait_idle_for(limit));
  CHECK_FALSE(ran);
}

TEST_CASE_TEMPLATE("remove: what is not one of its tasks is left alone", Executor,
                   MAILROOM_EXECUTORS) {
  gate go;
  promise<int> p;
  Executor ex{{.max_workers = 1}};
  Executor other{{.max_workers = 1}};
  other.post([&] { go.pass(); });
  auto theirs = other.submit([] { return 1; });
  CHECK_FALSE(ex.remove(p.get_future()));
  CHECK_FALSE(ex.remove(theirs));
  CHECK_FALSE(ex.remove(any_future{}));
  CHECK_FALSE(theirs.cancelled());
  go.open();
  auto done = ex.submit([] { return 1; });
  CHECK(done.get_for(limit) == 1);
  CHECK_FALSE(ex.remove(done));
}

TEST_CASE_TEMPLATE("remove: a callback may shut the executor down, not wait until it is idle",
                   Executor, MAILROOM_ALL_EXECUTORS) {
  std::atomic<int> hired{0};
  Executor ex{{.max_workers = 1, .initializer = [&] { ++hired; }}};
  ex.pause();
  auto f = ex.submit([] {});
  std::string waiting;
  bool ended = false;
  f.add_done_callback([&](const future<void>&) {
    waiting = thrown_by([&] { ex.wait_idle_for(limit); });
    ended = ex.shutdown({.timeout = limit});
  });
  CHECK(ex.remove(f));
  CHECK(waiting == "would_deadlock");
  CHECK(ended);
  CHECK(hired <= 1); // nobody for a task that is just being removed
}

TEST_CASE_TEMPLATE("remove: shutdown waits for its callbacks", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  ex.pause();
  auto f = ex.submit([] {});
  gate begun;
  gate go;
  f.add_done_callback([&](const future<void>&) {
    begun.open();
    go.pass();
  });
  std::thread remover{[&] { ex.remove(f); }};
  begun.pass();
  CHECK_FALSE(ex.shutdown({.timeout = 1ms}));
  go.open();
  CHECK(ex.shutdown({.timeout = limit}));
  remover.join();
}

TEST_CASE_TEMPLATE("remove: while workers take tasks, each is run or removed, never both", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> ran{0};
    Executor ex{{.max_workers = 2}};
    std::vector<future<void>> all;
    for (int i = 0; i < 200; ++i)
      all.push_back(ex.submit([&] { ++ran; }));
    int removed = 0;
    for (auto f = all.rbegin(); f != all.rend(); ++f)
      removed += ex.remove(*f) ? 1 : 0;
    CHECK(wait(all, return_when::all_completed, limit).not_done.empty());
    CHECK(ran + removed == 200);
  }
}
