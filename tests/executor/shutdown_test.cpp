#include "mailroom/executor/executor.hpp"

#include <set>

#include <doctest/doctest.h>

#include <pthread.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"
#include "mailroom/trace/threads.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Rows 66, 67, 70 and 78 are about the end of a program: see exit_program.cpp.

namespace {

/// The name that ps and gdb show for this thread.
std::string thread_name() {
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof name);
  return name;
}

/// Keeps a number of workers busy at once, and returns what each of them says.
template <class Executor, class Say>
auto each_worker(Executor& ex, int workers, Say say) {
  auto go = std::make_shared<gate>();
  auto there = std::make_shared<std::atomic<int>>(0);
  std::vector<future<std::string>> all;
  for (int i = 0; i < workers; ++i)
    all.push_back(ex.submit([=] {
      if (++*there == workers)
        go->open();
      go->pass();
      return say();
    }));
  std::set<std::string> said;
  for (auto& f : all)
    said.insert(f.get_for(limit));
  return said;
}

} // namespace

TEST_CASE_TEMPLATE("#065 shutdown: afterwards no task is taken", Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex;
  CHECK(ex.shutdown());
  CHECK_THROWS_WITH_AS((void)ex.submit([] {}), "cannot schedule new futures after shutdown",
                       shutdown_error);
  CHECK_THROWS_AS((void)ex.submit(task_options{.priority = 1}, [] {}), shutdown_error);
  CHECK_THROWS_AS(ex.post([] {}), shutdown_error);
  CHECK_THROWS_AS(ex.map([](int i) { return i; }, std::vector{1}), shutdown_error);
}

TEST_CASE_TEMPLATE("#068 shutdown: every task is done when it returns", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 5}};
  std::vector<future<int>> all;
  for (int i = 0; i < 50; ++i)
    all.push_back(ex.submit([i] { return i; }));
  CHECK(ex.shutdown({.timeout = limit}));
  for (int i = 0; i < 50; ++i)
    CHECK(all[static_cast<std::size_t>(i)].get_for(0s) == i);
}

TEST_CASE_TEMPLATE("#069 shutdown: what has not begun may be cancelled, what has goes on", Executor,
                   MAILROOM_EXECUTORS) {
  gate go;
  std::atomic<int> begun{0};
  Executor ex{{.max_workers = 5}};
  std::vector<future<void>> all;
  for (int i = 0; i < 50; ++i)
    all.push_back(ex.submit([&] {
      ++begun;
      go.pass();
    }));
  CHECK(eventually([&] { return begun == 5; }));
  CHECK_FALSE(ex.shutdown({.wait = false, .cancel_futures = true}));
  go.open();
  CHECK(ex.shutdown({.timeout = limit}));
  int cancelled = 0;
  for (auto& f : all) {
    CHECK(f.done());
    if (f.cancelled())
      ++cancelled;
    else
      CHECK(f.exception() == nullptr);
  }
  CHECK(cancelled == 45);
  CHECK(wait(all, return_when::all_completed, limit).not_done.empty());
}

TEST_CASE_TEMPLATE("#071 shutdown: a task cancelled just before does not hold it up", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  for (int round = 0; round < 50; ++round) {
    Executor ex{{.max_workers = 1}};
    CHECK(ex.submit([] { return 0; }).get_for(limit) == 0);
    ex.submit([] { return 0; }).cancel();
    CHECK(ex.shutdown({.timeout = limit}));
  }
}

TEST_CASE_TEMPLATE("#072 shutdown: the workers have ended", Executor, MAILROOM_EXECUTORS) {
  gate go;
  std::atomic<int> ended{0};
  Executor ex{{.max_workers = 10, .finalizer = [&] { ++ended; }}};
  for (int i = 0; i < 3; ++i)
    ex.post([&] { go.pass(); });
  CHECK(ex.worker_count() == 3);
  go.open();
  CHECK(ex.shutdown({.timeout = limit}));
  CHECK(ex.worker_count() == 0);
  CHECK(ended == 3);
}

TEST_CASE("#072 shutdown: many short lives leave no thread behind") {
  auto threads = [] { return trace::threads().size(); };
  auto live = [] {
    thread_pool_executor ex{{.max_workers = 3}};
    each_worker(ex, 3, thread_name);
  };
  live(); // a sanitizer may start a thread of its own with the first one of ours
  auto before = threads();
  for (int i = 0; i < 20; ++i)
    live();
  CHECK(eventually([&] { return threads() == before; }));
}

TEST_CASE_TEMPLATE("#073 shutdown: the end of the scope waits for all tasks and workers", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  std::atomic<int> ended{0};
  std::vector<int> results;
  {
    Executor ex{{.max_workers = 5, .finalizer = [&] { ++ended; }}};
    for (int i : ex.map([](int i) { return std::abs(i); }, std::views::iota(-5, 5)))
      results.push_back(i);
    CHECK(ended == 0);
    CHECK(ex.worker_count() > 0);
  }
  CHECK(results == std::vector{5, 4, 3, 2, 1, 0, 1, 2, 3, 4});
  CHECK(ended > 0);
}

TEST_CASE_TEMPLATE("#074 shutdown: the results of a map outlive the executor", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  auto ex = std::make_unique<Executor>(executor_options{.max_workers = 5});
  auto results = ex->map([](int i) { return std::abs(i); }, std::views::iota(-5, 5));
  ex.reset(); // unlike Python's, it waits
  for (int i = -5; i < 5; ++i)
    CHECK(results.next() == std::abs(i));
  CHECK_FALSE(results.next());
}

TEST_CASE_TEMPLATE("#075 shutdown: without waiting it returns at once, and the tasks still run",
                   Executor, MAILROOM_EXECUTORS) {
  gate go;
  Executor ex{{.max_workers = 5}};
  auto results = ex.map(
    [&](int i) {
      go.pass();
      return std::abs(i);
    },
    std::views::iota(-5, 5));
  CHECK_FALSE(ex.shutdown({.wait = false}));
  CHECK_THROWS_AS((void)ex.submit([] {}), shutdown_error);
  go.open();
  for (int i = -5; i < 5; ++i)
    CHECK(results.next() == std::abs(i));
  CHECK(eventually([&] { return ex.worker_count() == 0; }));
}

TEST_CASE_TEMPLATE("#076 shutdown: threads have the names they were given", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 5, .thread_name_prefix = "SpecialPool"}};
  CHECK(each_worker(ex, 5, [] { return this_worker::name(); })
        == std::set<std::string>{"SpecialPool_0", "SpecialPool_1", "SpecialPool_2", "SpecialPool_3",
                                 "SpecialPool_4"});
  CHECK(each_worker(ex, 5, thread_name).contains("SpecialPool_4"));
}

TEST_CASE_TEMPLATE("#076 shutdown: of long names, the end is seen from outside", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 2, .thread_name_prefix = "a-name-of-more-than-15-characters"}};
  CHECK(each_worker(ex, 2, thread_name)
        == std::set<std::string>{"15-characters_0", "15-characters_1"});
  CHECK(each_worker(ex, 2, [] {
          return this_worker::name();
        }).contains("a-name-of-more-than-15-characters_1"));
}

TEST_CASE_TEMPLATE("#077 shutdown: threads have names, of no two executors the same", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor one{{.max_workers = 1}};
  Executor two{{.max_workers = 1}};
  auto first = one.submit(&this_worker::name).get_for(limit);
  auto second = two.submit(&this_worker::name).get_for(limit);
  for (auto& name : {first, second}) {
    INFO(name);
    CHECK((name.starts_with("actor_pool-") || name.starts_with("thread_pool-")));
    CHECK(name.ends_with("_0"));
  }
  CHECK(first != second);
}

// -- what Python does not ask -------------------------------------------------------------------------

TEST_CASE_TEMPLATE("shutdown: it can be waited for as long as one likes", Executor,
                   MAILROOM_EXECUTORS) {
  gate go;
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit([&] { go.pass(); });
  CHECK_FALSE(ex.shutdown({.timeout = 0s}));
  CHECK_FALSE(ex.shutdown({.timeout = 1ms}));
  CHECK_FALSE(f.done());
  go.open();
  CHECK(ex.shutdown({.timeout = limit}));
  CHECK(f.done());
}

TEST_CASE_TEMPLATE("shutdown: running tasks can be asked to stop", Executor, MAILROOM_EXECUTORS) {
  gate begun;
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit([&](const std::stop_token& stop) {
    begun.open();
    return eventually([&] { return stop.stop_requested(); });
  });
  begun.pass();
  CHECK(ex.shutdown({.request_stop = true, .timeout = limit}));
  CHECK(f.get_for(0s));
}

TEST_CASE_TEMPLATE("shutdown: a paused executor does what it has, and ends", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  ex.pause();
  auto f = ex.submit([] { return 1; });
  CHECK(ex.shutdown({.timeout = limit}));
  CHECK(f.get_for(0s) == 1);
}

TEST_CASE_TEMPLATE("shutdown: called by one of its own tasks, it does not wait for itself",
                   Executor, MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit([&] { ex.shutdown(); });
  CHECK(ends(f));
  CHECK(thrown_by([&] { f.get_for(0s); }) == "would_deadlock");
  CHECK_THROWS_AS((void)ex.submit([] {}), shutdown_error);
  CHECK(ex.shutdown({.timeout = limit}));
}

TEST_CASE_TEMPLATE("shutdown: one of its own tasks may begin it", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1}};
  CHECK_FALSE(ex.submit([&] { return ex.shutdown({.wait = false}); }).get_for(limit));
  CHECK(ex.shutdown({.timeout = limit}));
}

TEST_CASE_TEMPLATE("shutdown: one of its own tasks may destroy the executor", Executor,
                   MAILROOM_EXECUTORS) {
  for (int round = 0; round < 20; ++round) {
    auto ended = std::make_shared<std::atomic<int>>(0); // not even the last finalizer is waited for
    gate go;
    auto ex = std::make_shared<Executor>(
      executor_options{.max_workers = 2, .finalizer = [ended] { ++*ended; }});
    auto before = ex->submit([&] {
      go.pass();
      return 1;
    });
    auto destroyer = ex->submit([&go, ex]() mutable {
      go.pass();
      ex.reset();
      return 2;
    });
    auto after = ex->submit([] { return 3; });
    ex.reset();
    go.open();
    CHECK(before.get_for(limit) == 1);
    CHECK(destroyer.get_for(limit) == 2);
    CHECK(after.get_for(limit) == 3);
    CHECK(eventually([&] { return *ended == 2; }));
  }
}

TEST_CASE_TEMPLATE("shutdown: no future is left without an end, whoever comes late", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  for (int round = 0; round < 30; ++round) {
    std::vector<future<int>> all;
    std::atomic<bool> begun{false};
    std::string refused;
    {
      Executor ex{{.max_workers = 2}};
      std::jthread submitter{[&] {
        refused = thrown_by([&] {
          for (int i = 0; i < 1'000'000; ++i) {
            all.push_back(ex.submit([i] { return i; }));
            begun = true;
          }
        });
      }};
      CHECK(eventually([&] { return begun.load(); }));
      ex.shutdown({.cancel_futures = round % 2 == 0});
    }
    CHECK(refused == "shutdown_error");
    std::size_t unsettled = 0;
    for (auto& f : all)
      unsettled += f.done() && f.state() != future_state::cancelled ? 0 : 1;
    CHECK(unsettled == 0);
  }
}
