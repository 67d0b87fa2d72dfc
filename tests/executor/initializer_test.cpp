#include "mailroom/executor/executor.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

thread_local std::string status_of_thread = "uninitialized";

/// How many files and threads this process has.
std::size_t entries(const char* directory) {
  std::size_t n = 0;
  for (auto& entry : std::filesystem::directory_iterator(directory))
    n += entry.exists() ? 1 : 0;
  return n;
}

} // namespace

TEST_CASE_TEMPLATE("#085 initializer: has run on each worker before its first task", Executor,
                   MAILROOM_EXECUTORS) {
  gate go;
  std::atomic<int> initialized{0};
  std::atomic<int> there{0};
  Executor ex{{.max_workers = 3, .initializer = [&] {
                 status_of_thread = "initialized";
                 ++initialized;
               }}};
  CHECK(initialized == 0);
  std::vector<future<std::string>> all;
  for (int i = 0; i < 3; ++i)
    all.push_back(ex.submit([&] {
      if (++there == 3)
        go.open();
      go.pass();
      return status_of_thread;
    }));
  for (auto& f : all)
    CHECK(f.get_for(limit) == "initialized");
  CHECK(initialized == 3);
  CHECK(status_of_thread == "uninitialized");
}

TEST_CASE_TEMPLATE("#086 initializer: if it fails, so do all tasks, and submitting", Executor,
                   MAILROOM_EXECUTORS) {
  listener log;
  gate go;
  Executor ex{{.max_workers = 1,
               .initializer =
                 [&] {
                   go.pass();
                   throw mishap("no bed");
                 },
               .on_failure = log.handler()}};
  std::vector<future<int>> all;
  for (int i = 0; i < 5; ++i)
    all.push_back(ex.submit([i] { return i; }));
  CHECK_FALSE(ex.is_broken());
  go.open();
  for (auto& f : all) {
    REQUIRE(ends(f));
    CHECK_THROWS_WITH_AS((void)f.get_for(0s), doctest::Contains("mishap: no bed"), broken_executor);
  }
  CHECK(ex.is_broken());
  CHECK_THROWS_AS((void)ex.submit([] {}), broken_executor);
  CHECK_THROWS_AS(ex.post([] {}), broken_executor);
  CHECK_THROWS_AS(ex.map([](int i) { return i; }, std::vector{1}), broken_executor);
  CHECK(ex.shutdown({.timeout = limit}));
  auto heard = log.heard();
  REQUIRE(heard.size() == 1);
  CHECK(contains(heard[0], "exception in the initializer of "));
  CHECK(contains(heard[0], "mishap: no bed"));
}

TEST_CASE_TEMPLATE("#086 initializer: each task gets an exception of its own", Executor,
                   MAILROOM_EXECUTORS) {
  listener silence;
  gate go;
  Executor ex{{.max_workers = 1, .initializer = [&] {
                 go.pass();
                 throw mishap("no bed");
               }}};
  auto one = ex.submit([] {});
  auto two = ex.submit([] {});
  go.open();
  auto first = one.exception_for(limit);
  auto second = two.exception_for(limit);
  CHECK(first != second);
  CHECK(describe(first) == describe(second));
}

TEST_CASE_TEMPLATE("#086 initializer: if the second one fails, the first goes on with its task",
                   Executor, MAILROOM_EXECUTORS) {
  listener silence;
  gate go;
  std::atomic<int> initialized{0};
  Executor ex{{.max_workers = 2, .initializer = [&] {
                 if (++initialized == 2)
                   throw mishap("no second bed");
               }}};
  gate begun;
  auto running = ex.submit([&] {
    begun.open();
    go.pass();
    return 1;
  });
  begun.pass();
  auto queued = ex.submit([] { return 2; });
  REQUIRE(ends(queued));
  CHECK(thrown_by([&] { (void)queued.get_for(0s); }) == "broken_executor");
  CHECK_FALSE(running.done());
  go.open();
  CHECK(running.get_for(limit) == 1);
}

TEST_CASE("#087 initializer: a failing one leaves neither threads nor files") {
  listener silence;
  auto fail = [] {
    thread_pool_executor ex{{.max_workers = 3, .initializer = [] { throw mishap("no bed"); }}};
    try {
      for (int i = 0; i < 3; ++i)
        ex.post([] {});
    } catch (const broken_executor&) { // it may be before the last one
    }
    CHECK(eventually([&] { return ex.is_broken(); }));
  };
  fail();
  auto files = entries("/proc/self/fd");
  auto threads = entries("/proc/self/task");
  for (int i = 0; i < 20; ++i)
    fail();
  CHECK(entries("/proc/self/fd") == files);
  CHECK(eventually([&] { return entries("/proc/self/task") == threads; }));
}

// -- what Python does not ask -------------------------------------------------------------------------

TEST_CASE_TEMPLATE("finalizer: runs on each worker after its last task", Executor,
                   MAILROOM_EXECUTORS) {
  notebook<std::string> said;
  {
    Executor ex{{.max_workers = 1,
                 .initializer = [] { status_of_thread = "hello"; },
                 .finalizer = [&] { said.write(status_of_thread); }}};
    for (int i = 0; i < 3; ++i)
      ex.post([&, i] {
        said.write("task " + std::to_string(i));
        status_of_thread = "goodbye";
      });
  }
  CHECK(said.lines() == std::vector<std::string>{"task 0", "task 1", "task 2", "goodbye"});
}

TEST_CASE_TEMPLATE("finalizer: what it throws is reported, and hurts nobody", Executor,
                   MAILROOM_EXECUTORS) {
  listener log;
  {
    Executor ex{
      {.max_workers = 1, .finalizer = [] { throw mishap("no key"); }, .on_failure = log.handler()}};
    CHECK(ex.submit([] { return 1; }).get_for(limit) == 1);
  }
  auto heard = log.heard();
  REQUIRE(heard.size() == 1);
  CHECK(contains(heard[0], "exception in the finalizer of "));
  CHECK(contains(heard[0], "mishap: no key"));
}
