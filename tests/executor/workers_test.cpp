#include "mailroom/executor/executor.hpp"

#include <cstdlib>
#include <set>

#include <doctest/doctest.h>

#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

/// Waits for a child and returns its exit code; 1000 and more for signals.
int exit_code_of(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child)
    return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/// Forks a child that does nothing but end.
int fork_and_wait() {
  auto child = fork();
  if (child == 0)
    _exit(7);
  return exit_code_of(child);
}

/// Starts another program.
int spawn_and_wait() {
  char name[] = "true";
  char* arguments[] = {name, nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, "true", nullptr, nullptr, arguments, environ) != 0)
    return -1;
  return exit_code_of(child);
}

} // namespace

TEST_CASE_TEMPLATE("#058 workers: a map that nobody looks at is run all the same", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  notebook<int> finished;
  Executor ex{{.max_workers = 2}};
  ex.map([&](int i) { finished.write(i); }, std::views::iota(0, 10));
  ex.shutdown();
  auto lines = finished.lines();
  CHECK(std::set<int>(lines.begin(), lines.end()).size() == 10);
  CHECK(lines.size() == 10);
}

TEST_CASE_TEMPLATE("#059 workers: by default as many as processors that may be used, and four more",
                   Executor, MAILROOM_ALL_EXECUTORS) {
  CHECK(usable_processors() >= 1);
  CHECK(default_workers() == std::min(32, usable_processors() + 4));
  CHECK(Executor{}.max_workers() == default_workers());
}

TEST_CASE("#059 workers: processors this process may not use do not count") {
  cpu_set_t before;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (std::size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i)
    if (CPU_ISSET(i, &before))
      CPU_SET(i, &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(usable_processors() == 1);
  CHECK(default_workers() == 5);
  CHECK(sched_setaffinity(0, sizeof before, &before) == 0);
}

TEST_CASE_TEMPLATE("#060 workers: never more than allowed, however much there is to do", Executor,
                   MAILROOM_EXECUTORS) {
  gate go;
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  Executor ex{{.max_workers = 4}};
  std::vector<future<void>> all;
  for (int i = 0; i < 60; ++i)
    all.push_back(ex.submit([&] {
      int now = ++running;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      go.pass();
      --running;
    }));
  CHECK(eventually([&] { return running == 4; }));
  CHECK(ex.worker_count() == 4);
  CHECK(ex.stats().running == 4);
  CHECK(ex.stats().queued == 56);
  go.open();
  CHECK(wait(all, return_when::all_completed, limit).not_done.empty());
  CHECK(most == 4);
  CHECK(ex.worker_count() == 4);
}

TEST_CASE_TEMPLATE("#061 workers: one without work takes the next task", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 10}};
  CHECK(ex.worker_count() == 0);
  for (int i : {21, 6, 3})
    CHECK(ex.submit([i] { return i * 2; }).get_for(limit) == i * 2);
  CHECK(ex.worker_count() == 1);
}

TEST_CASE_TEMPLATE("#062 workers: children come and end while the executor is busy", Executor,
                   MAILROOM_EXECUTORS) {
  // Python forks 50 pools of processes here. The tasks submit tasks all the while, so that locks
  // are held when the children are made.
  std::atomic<bool> enough{false};
  std::atomic<int> laps{0};
  Executor ex{{.max_workers = 2}};
  std::function<void()> again = [&] {
    ++laps;
    if (!enough)
      ex.post(again);
  };
  ex.post(again);
  for (int i = 0; i < 50; ++i)
    CHECK(fork_and_wait() == 7);
  CHECK(spawn_and_wait() == 0);
  CHECK(eventually([&] { return laps > 0; }));
  enough = true;
  CHECK(ex.wait_idle_for(limit));
}

TEST_CASE_TEMPLATE("#063 workers: a task may start a process", Executor, MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  std::vector<future<int>> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(ex.submit(fork_and_wait));
    all.push_back(ex.submit(spawn_and_wait));
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    CHECK(all[i].get_for(limit) == (i % 2 == 0 ? 7 : 0));
}

TEST_CASE_TEMPLATE("#064 workers: a map whose time is up begins nothing more", Executor,
                   MAILROOM_EXECUTORS) {
  gate stop;
  notebook<std::string> log;
  auto log_and_wait = [&](const std::string& who) {
    log.write(who + " started");
    stop.pass();
    log.write(who + " stopped");
  };
  Executor ex{{.max_workers = 1}};
  auto first = ex.submit(log_and_wait, "first");
  {
    auto rest =
      ex.map(log_and_wait, std::vector<std::string>{"second", "third"}, map_options{.timeout = 0s});
    CHECK_THROWS_AS(rest.next(), timeout_error);
  }
  stop.open();
  CHECK_NOTHROW(first.get_for(limit));
  ex.shutdown();
  CHECK(log.lines() == std::vector<std::string>{"first started", "first stopped"});
}

// -- what Python does not ask -------------------------------------------------------------------------

TEST_CASE_TEMPLATE("workers: they start when there is work, one by one", Executor,
                   MAILROOM_EXECUTORS) {
  gate go;
  Executor ex{{.max_workers = 3}};
  for (int i = 1; i <= 5; ++i) {
    ex.post([&] { go.pass(); });
    CHECK(ex.worker_count() == std::min(i, 3));
  }
  go.open();
}

TEST_CASE_TEMPLATE("workers: a task knows its worker", Executor, MAILROOM_EXECUTORS) {
  CHECK(this_worker::index() == -1);
  CHECK(this_worker::name().empty());
  gate go;
  Executor ex{{.max_workers = 3, .thread_name_prefix = "clerk"}};
  std::vector<future<std::string>> all;
  std::atomic<int> there{0};
  for (int i = 0; i < 3; ++i)
    all.push_back(ex.submit([&] {
      if (++there == 3)
        go.open();
      go.pass();
      return this_worker::name() + " " + std::to_string(this_worker::index());
    }));
  std::set<std::string> names;
  for (auto& f : all)
    names.insert(f.get_for(limit));
  CHECK(names == std::set<std::string>{"clerk_0 0", "clerk_1 1", "clerk_2 2"});
}

TEST_CASE_TEMPLATE("workers: one that had nothing to do for a while goes, another one comes",
                   Executor, MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 2, .idle_timeout = 1ms}};
  for (int i = 0; i < 3; ++i) {
    CHECK(ex.submit([i] { return i; }).get_for(limit) == i);
    CHECK(eventually([&] { return ex.worker_count() == 0; }));
  }
  CHECK(ex.stats().done == 3);
}

TEST_CASE_TEMPLATE("workers: the only one is replaced if a task comes while it goes", Executor,
                   MAILROOM_EXECUTORS) {
  gate going;
  gate submitted;
  std::atomic<int> ends{0};
  {
    Executor ex{{.max_workers = 1,
                 .finalizer =
                   [&] {
                     if (++ends == 1) {
                       going.open();
                       submitted.pass();
                     }
                   },
                 .idle_timeout = 1ms}};
    CHECK(ex.submit([] { return 1; }).get_for(limit) == 1);
    going.pass();
    auto f = ex.submit([] { return 2; });
    submitted.open();
    CHECK(f.get_for(limit) == 2);
  }
  CHECK(ends == 2);
}

TEST_CASE_TEMPLATE("workers: with nothing to do while paused, they may go, and come back", Executor,
                   MAILROOM_EXECUTORS) {
  Executor ex{{.max_workers = 1, .idle_timeout = 1ms}};
  CHECK(ex.submit([] { return 1; }).get_for(limit) == 1);
  ex.pause();
  auto f = ex.submit([] { return 2; });
  CHECK_FALSE(f.wait_for(20ms));
  ex.resume();
  CHECK(f.get_for(limit) == 2);
}
