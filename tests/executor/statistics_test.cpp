#include "mailroom/executor/statistics.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "executor/executors.hpp"
#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// What an executor tells about itself: failures of tasks without a future, and numbers.

TEST_CASE_TEMPLATE("post: what it throws is told to the handler of the executor", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  listener of_program;
  notebook<std::string> heard;
  Executor ex{
    {.max_workers = 1, .on_failure = [&](std::string_view doing, const std::exception_ptr& what) {
       heard.write(std::string(doing) + ": " + describe(what));
     }}};
  ex.post([] { throw mishap("lost letter"); });
  ex.post(task_options{.priority = 1}, [] { throw mishap("lost parcel"); });
  CHECK(ex.wait_idle_for(limit));
  auto lines = heard.lines();
  REQUIRE(lines.size() == 2);
  std::ranges::sort(lines);
  CHECK(lines[0] == "exception in a posted task: mailroom::test::mishap: lost letter");
  CHECK(lines[1] == "exception in a posted task: mailroom::test::mishap: lost parcel");
  CHECK(of_program.heard().empty());
  CHECK(ex.stats().failed == 2);
}

TEST_CASE_TEMPLATE("post: without such a handler, it is told to the one of the program", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  listener of_program;
  Executor ex{{.max_workers = 1}};
  ex.post([] { throw 5; });
  CHECK(ex.wait_idle_for(limit));
  CHECK(of_program.heard()
        == std::vector<std::string>{"exception in a posted task: an exception of type int"});
}

TEST_CASE_TEMPLATE("post: a handler that throws is told to the one of the program", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  listener of_program;
  Executor ex{{.max_workers = 1, .on_failure = [](auto, const auto&) { throw mishap("deaf"); }}};
  ex.post([] { throw 5; });
  CHECK(ex.wait_idle_for(limit));
  REQUIRE(of_program.heard().size() == 1);
  CHECK(contains(of_program.heard()[0], "deaf"));
}

TEST_CASE_TEMPLATE("post: a deadline missed is told", Executor, MAILROOM_EXECUTORS) {
  listener of_program;
  gate go;
  Executor ex{{.max_workers = 1}};
  ex.post([&] { go.pass(); });
  ex.post(task_options{.deadline = 1ms}, [] {});
  CHECK(eventually([&] { return !of_program.heard().empty(); }));
  go.open();
  CHECK(contains(of_program.heard()[0], "a posted task was too late"));
}

TEST_CASE_TEMPLATE("submit: an exception with a future is nobody else's business", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  listener of_program;
  Executor ex{{.max_workers = 1}};
  auto f = ex.submit([] { throw mishap("mine"); });
  CHECK(ends(f));
  CHECK(ex.wait_idle_for(limit));
  CHECK(of_program.heard().empty());
}

TEST_CASE_TEMPLATE("statistics: every task is counted once, by how it ended", Executor,
                   MAILROOM_EXECUTORS) {
  listener silence;
  gate begun;
  gate go;
  Executor ex{{.max_workers = 1}};
  CHECK(to_string(ex.stats())
        == "0 queued, 0 running, 0 done, 0 failed, 0 cancelled, 0 dropped, 0 workers");
  ex.post([&] {
    begun.open();
    go.pass();
  });
  begun.pass();
  (void)ex.submit([] { return 1; });
  (void)ex.submit([] { throw mishap("failed"); });
  ex.post([] { throw mishap("failed"); });
  ex.submit([] {}).cancel();
  ex.remove(ex.submit([] {}));
  CHECK(to_string(ex.stats())
        == "4 queued, 1 running, 0 done, 0 failed, 1 cancelled, 0 dropped, 1 workers");
  go.open();
  CHECK(ex.wait_idle_for(limit));
  CHECK(to_string(ex.stats())
        == "0 queued, 0 running, 2 done, 2 failed, 2 cancelled, 0 dropped, 1 workers");
  ex.shutdown();
  CHECK(to_string(ex.stats())
        == "0 queued, 0 running, 2 done, 2 failed, 2 cancelled, 0 dropped, 0 workers");
}

TEST_CASE_TEMPLATE("statistics: a task that is too late before there is room for it", Executor,
                   MAILROOM_EXECUTORS) {
  gate begun;
  gate go;
  gate late;
  Executor ex{
    {.max_workers = 1, .max_queued = 1, .on_failure = [&](auto, const auto&) { late.open(); }}};
  ex.post([&] {
    begun.open();
    go.pass();
  });
  begun.pass();
  ex.post([] {});
  std::thread submitter{[&] { ex.post({.deadline = 1ms}, [] {}); }};
  late.pass();
  CHECK(ex.stats().queued == 1);
  go.open();
  submitter.join();
  CHECK(ex.wait_idle_for(limit));
  CHECK(to_string(ex.stats())
        == "0 queued, 0 running, 2 done, 1 failed, 0 cancelled, 0 dropped, 1 workers");
}

TEST_CASE_TEMPLATE("statistics: a task that has its result is counted", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 2}};
  for (std::uint64_t i = 1; i <= 200; ++i) {
    CHECK(ex.submit([i] { return i; }).get_for(limit) == i);
    CHECK(ex.stats().done == i);
  }
}

TEST_CASE_TEMPLATE("statistics: what tasks run while they wait is counted, too", Executor,
                   MAILROOM_ALL_EXECUTORS) {
  Executor ex{{.max_workers = 1, .measure_times = true}};
  auto f = ex.submit([&] {
    auto a = ex.submit([] { return 1; });
    auto b = ex.submit([] { return 2; });
    return a.get() + b.get();
  });
  CHECK(f.get_for(limit) == 3);
  CHECK(ex.wait_idle_for(limit));
  CHECK(ex.stats().done == 3);
  CHECK(ex.stats().running == 0);
  CHECK(ex.stats().queued == 0);
  CHECK(ex.stats().run_time.count() == 3);
}

TEST_CASE_TEMPLATE("statistics: times are measured if asked for", Executor, MAILROOM_EXECUTORS) {
  Executor plain{{.max_workers = 1}};
  CHECK(plain.submit([] { return 1; }).get_for(limit) == 1);
  CHECK(plain.stats().run_time.count() == 0);

  gate go;
  Executor ex{{.max_workers = 1, .measure_times = true}};
  auto began = std::chrono::steady_clock::now();
  auto slow = ex.submit([&] { go.pass(); });
  auto quick = ex.submit([] {});
  promise<void> never;
  CHECK_FALSE(never.get_future().wait_for(10ms));
  go.open();
  CHECK(ends(quick));
  CHECK(ex.wait_idle_for(limit));
  auto took = std::chrono::steady_clock::now() - began;
  auto s = ex.stats();
  CHECK(s.run_time.count() == 2);
  CHECK(s.waiting_time.count() == 2);
  CHECK(s.run_time.percentile(1) >= 5ms);
  CHECK(s.waiting_time.percentile(1) >= 5ms);
  CHECK(s.run_time.percentile(1) <= 2 * took);
  CHECK(s.run_time.percentile(0) <= s.run_time.percentile(1));
  CHECK(contains(to_string(s), "us (99 %)"));
}

TEST_CASE("histogram: a percentile is never too short, and less than twice too long") {
  histogram h;
  CHECK(h.percentile(0.5) == 0ns);
  for (int i = 1; i <= 1000; ++i)
    h.add(std::chrono::microseconds{i});
  CHECK(h.count() == 1000);
  for (double part : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    auto exact = std::chrono::nanoseconds{static_cast<std::int64_t>(part * 1000) * 1000};
    CHECK(h.percentile(part) >= exact);
    CHECK(h.percentile(part) < 2 * exact);
  }
  CHECK(h.percentile(0) > 0ns);
}

TEST_CASE("histogram: two make one, and strange times are no accident") {
  histogram a;
  histogram b;
  a.add(1ns);
  b.add(1s);
  b.add(-5ns);
  b.add(0ns);
  b.add(std::chrono::nanoseconds::max());
  a += b;
  CHECK(a.count() == 5);
  CHECK(a.percentile(0.4) == 0ns);
  CHECK(a.percentile(1) == std::chrono::nanoseconds::max());
  CHECK_THROWS_AS(a.percentile(-0.1), std::invalid_argument);
  CHECK_THROWS_AS(a.percentile(1.1), std::invalid_argument);
  CHECK_THROWS_AS(a.percentile(std::nan("")), std::invalid_argument);
}
