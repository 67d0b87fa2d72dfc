#include <limits>

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Room in the queue, and who goes first.

namespace {

/// Keeps the only worker of an executor busy until it is opened or destroyed.
class stopper {
public:
  template <class Executor>
  explicit stopper(Executor& ex) : gate_(std::make_shared<gate>()) {
    auto begun = std::make_shared<gate>();
    ex.post([gate = gate_, begun] {
      begun->open();
      gate->pass();
    });
    begun->pass();
  }
  ~stopper() { gate_->open(); }
  stopper(const stopper&) = delete;
  stopper& operator=(const stopper&) = delete;
  void open() { gate_->open(); }

private:
  std::shared_ptr<gate> gate_;
};

} // namespace

// -- a bounded queue ----------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("queue: full, and the policy is to fail", Executor, MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1, .max_queued = 2, .overflow = overflow_policy::fail}};
  stopper busy{ex};
  auto one = ex.submit([] { return 1; });
  auto two = ex.submit([] { return 2; });
  CHECK_THROWS_WITH_AS((void)ex.submit([] { return 3; }), doctest::Contains("is full"), rejected);
  CHECK_THROWS_AS(ex.post([] {}), rejected);
  CHECK_THROWS_AS((void)ex.submit(task_options{.priority = 9, .deadline = 1h}, [] {}), rejected);
  busy.open();
  CHECK(one.get_for(limit) == 1);
  CHECK(two.get_for(limit) == 2);
  CHECK(ex.wait_idle_for(limit));
  CHECK(ex.stats().dropped == 0); // they were never taken
  CHECK(ex.stats().done == 3);
}

TEST_CASE_TEMPLATE("queue: full, and the policy is to drop the newest", Executor,
                   MAILROOM_EXECUTORS) {
  listener log;
  Executor ex{{.max_workers = 1, .max_queued = 1, .overflow = overflow_policy::drop_newest}};
  stopper busy{ex};
  auto kept = ex.submit([] { return 1; });
  auto dropped = ex.submit([] { return 2; });
  CHECK_THROWS_WITH_AS((void)dropped.get_for(limit), doctest::Contains("is full"), rejected);
  ex.post([] {});
  busy.open();
  CHECK(kept.get_for(limit) == 1);
  CHECK(ex.wait_idle_for(limit));
  CHECK(ex.stats().dropped == 2);
  REQUIRE(log.heard().size() == 1);
  CHECK(contains(log.heard()[0], "a posted task was dropped"));
}

TEST_CASE_TEMPLATE("queue: full, and the policy is to drop the oldest", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1, .max_queued = 2, .overflow = overflow_policy::drop_oldest}};
  stopper busy{ex};
  auto important = ex.submit(task_options{.priority = 5}, [] { return 0; });
  auto one = ex.submit([] { return 1; });
  auto two = ex.submit([] { return 2; });
  CHECK_THROWS_AS((void)important.get_for(limit), rejected); // the oldest, priority or not
  auto three = ex.submit([] { return 3; });
  CHECK_THROWS_AS((void)one.get_for(limit), rejected);
  busy.open();
  CHECK(two.get_for(limit) == 2);
  CHECK(three.get_for(limit) == 3);
  CHECK(ex.stats().dropped == 2);
}

TEST_CASE_TEMPLATE("queue: full, and the policy is to wait", Executor, MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1, .max_queued = 1}};
  stopper busy{ex};
  std::atomic<int> submitted{0};
  std::vector<future<int>> all;
  {
    std::jthread submitter{[&] {
      for (int i = 0; i < 10; ++i) {
        all.push_back(ex.submit([i] { return i; }));
        ++submitted;
      }
    }};
    CHECK(eventually([&] { return submitted == 1; }));
    CHECK(ex.stats().queued == 1);
    CHECK(submitted == 1);
    busy.open();
  }
  for (int i = 0; i < 10; ++i)
    CHECK(all[static_cast<std::size_t>(i)].get_for(limit) == i);
}

TEST_CASE_TEMPLATE("queue: who waits for room hears of the shutdown", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1, .max_queued = 1}};
  stopper busy{ex};
  ex.post([] {});
  std::string thrown;
  gate about_to_submit;
  {
    std::jthread submitter{[&] {
      about_to_submit.open();
      thrown = thrown_by([&] { (void)ex.submit([] {}); });
    }};
    about_to_submit.pass();
    for (int i = 0; i < 100; ++i)
      std::this_thread::yield();
    ex.shutdown({.wait = false});
  }
  CHECK(thrown == "shutdown_error");
}

TEST_CASE_TEMPLATE("queue: what was cancelled leaves its place to the next one", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1, .max_queued = 1, .overflow = overflow_policy::fail}};
  stopper busy{ex};
  auto cancelled = ex.submit([] { return 1; });
  CHECK(cancelled.cancel());
  auto next = ex.submit([] { return 2; });
  CHECK(cancelled.state() == future_state::cancelled_and_notified);
  CHECK(ex.remove(next));
  auto last = ex.submit([] { return 3; });
  busy.open();
  CHECK(last.get_for(limit) == 3);
}

TEST_CASE_TEMPLATE("queue: full, and its own task submits: it runs the new one itself", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  for (int workers : {1, 2}) {
    std::atomic<int> ran{0};
    Executor ex{{.max_workers = workers, .max_queued = 1}};
    std::function<void(int)> tree = [&](int depth) {
      ++ran;
      if (depth > 0)
        for (int i = 0; i < 3; ++i)
          ex.post(tree, depth - 1);
    };
    ex.post(tree, 5);
    CHECK(ex.wait_idle_for(limit));
    CHECK(ran == 364); // 1 + 3 + 9 + 27 + 81 + 243
    CHECK(ex.stats().done == 364);
  }
}

TEST_CASE_TEMPLATE("queue: full, with any other policy its own task is treated like anybody",
                   Executor, MAILROOM_EXECUTORS) {
  listener silence;
  for (auto policy :
       {overflow_policy::fail, overflow_policy::drop_newest, overflow_policy::drop_oldest}) {
    Executor ex{{.max_workers = 1, .max_queued = 1, .overflow = policy}};
    auto f = ex.submit([&] {
      int refused = 0;
      for (int i = 0; i < 3; ++i)
        refused += thrown_by([&] { ex.post([] {}); }) == "rejected" ? 1 : 0;
      return refused;
    });
    CHECK(f.get_for(limit) == (policy == overflow_policy::fail ? 2 : 0));
    CHECK(ex.wait_idle_for(limit));
    CHECK(ex.stats().dropped == (policy == overflow_policy::fail ? 0u : 2u));
    CHECK(ex.stats().done == 2);
  }
}

// -- order --------------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("order: first come, first served", Executor, MAILROOM_EXECUTORS) {
  notebook<int> order;
  {
    Executor ex{{.max_workers = 1}};
    stopper busy{ex};
    for (int i = 0; i < 10; ++i)
      ex.post([&, i] { order.write(i); });
  }
  CHECK(order.lines() == std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE_TEMPLATE("order: higher priorities first, and of one as they came", Executor,
                   MAILROOM_EXECUTORS) {
  notebook<std::string> order;
  {
    Executor ex{{.max_workers = 1}};
    stopper busy{ex};
    for (int priority : {0, -1, 5, 1, 0, -1, 5, 1}) {
      auto name = std::to_string(priority) + (order.size() > 0 ? "" : "");
      ex.post(task_options{.priority = priority}, [&, name] { order.write(name); });
    }
    ex.post([&] { order.write("plain"); });
  }
  CHECK(order.lines()
        == std::vector<std::string>{"5", "5", "1", "1", "0", "0", "plain", "-1", "-1"});
}

TEST_CASE_TEMPLATE("order: nobody is overtaken more often than ageing allows", Executor,
                   MAILROOM_EXECUTORS) {
  for (int ageing : {0, 1, 3, 10}) {
    notebook<int> order;
    {
      Executor ex{{.max_workers = 1, .ageing = static_cast<std::size_t>(ageing)}};
      stopper busy{ex};
      ex.post([&] { order.write(0); });
      for (int i = 1; i <= 50; ++i)
        ex.post(task_options{.priority = 2}, [&, i] { order.write(i); });
    }
    auto lines = order.lines();
    auto place = std::ranges::find(lines, 0) - lines.begin();
    CHECK(place <= 2 * ageing); // so many for each of two levels
    if (ageing > 0)
      CHECK(place >= 2 * ageing - 1);
    std::erase(lines, 0);
    CHECK(std::ranges::is_sorted(lines));
  }
}

TEST_CASE_TEMPLATE("order: the highest ageing there is keeps priorities as they are", Executor,
                   MAILROOM_EXECUTORS) {
  notebook<int> order;
  {
    Executor ex{{.max_workers = 1, .ageing = std::numeric_limits<std::size_t>::max()}};
    stopper busy{ex};
    for (int priority :
         {0, 7, -7, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()})
      ex.post(task_options{.priority = priority}, [&, priority] { order.write(priority); });
  }
  CHECK(order.lines()
        == std::vector{std::numeric_limits<int>::max(), 7, 0, -7, std::numeric_limits<int>::min()});
}

// -- pause and resume -----------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("pause: nothing begins until it resumes, and what runs goes on", Executor,
                   MAILROOM_EXECUTORS) {
  gate begun;
  gate go;
  Executor ex{{.max_workers = 2}};
  auto running = ex.submit([&] {
    begun.open();
    go.pass();
    return 1;
  });
  begun.pass();
  ex.pause();
  auto later = ex.submit([] { return 2; });
  CHECK_FALSE(ex.wait_idle_for(1ms)); // one still runs
  go.open();
  CHECK(running.get_for(limit) == 1);
  CHECK(ex.wait_idle_for(limit));
  CHECK(later.state() == future_state::pending);
  CHECK(ex.stats().queued == 1);
  ex.resume();
  CHECK(later.get_for(limit) == 2);
}

TEST_CASE_TEMPLATE("pause: before the first task, twice, and for nothing", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  ex.resume();
  ex.pause();
  ex.pause();
  std::vector<future<int>> all;
  for (int i = 0; i < 10; ++i)
    all.push_back(ex.submit([i] { return i; }));
  CHECK(ex.wait_idle_for(limit)); // none runs
  CHECK(wait(all, return_when::first_completed, 1ms).done.empty());
  ex.resume();
  CHECK(wait(all, return_when::all_completed, limit).not_done.empty());
}

TEST_CASE_TEMPLATE("wait_idle: returns when the last task is done, and closes nothing", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 3}};
  ex.wait_idle();
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> done{0};
    for (int i = 0; i < 20; ++i)
      ex.post([&] {
        ex.post([&] { ++done; });
        ++done;
      });
    CHECK(ex.wait_idle_for(limit));
    CHECK(done == 40);
  }
}

TEST_CASE_TEMPLATE("wait_idle: for a task that does not end, it returns when time is up", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  stopper busy{ex};
  CHECK_FALSE(ex.wait_idle_for(0s));
  CHECK_FALSE(ex.wait_idle_for(1ms));
  busy.open();
  CHECK(ex.wait_idle_for(limit));
}

TEST_CASE_TEMPLATE("wait_idle: a task cannot wait until none runs", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  auto f = ex.submit([&] { ex.wait_idle(); });
  REQUIRE(ends(f));
  CHECK(thrown_by([&] { f.get_for(0s); }) == "would_deadlock");
}
