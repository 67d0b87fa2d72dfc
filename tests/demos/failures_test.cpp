#include <chrono>

#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace std::chrono_literals;
using stories::failures;

TEST_CASE("failures: every good version goes on, and who asked is told") {
  test::check_good_versions(failures, {.scale = 0.02}, {1});
}

TEST_CASE("failures: the judge sees who does not go on, or is not told, or has no answer") {
  auto judged = [](std::int64_t answers, std::int64_t told, const std::string& program) {
    return failures.judge({{"answers", answers}, {"failures", told}, {"program", program}});
  };
  CHECK(judged(3, 1, "goes on") == compare::verdict::ok);
  CHECK(judged(3, 1, "killed by SIGABRT") == compare::verdict::crash);
  CHECK(judged(2, 1, "goes on") == compare::verdict::crash);
  CHECK(judged(4, 0, "goes on") == compare::verdict::crash);
  CHECK(judged(3, 0, "goes on") == compare::verdict::crash);
  CHECK(judged(3, 2, "goes on") == compare::verdict::crash);
}

TEST_CASE("failures.threads: the thread takes its process with it, and the work that was left") {
  auto result = test::run(failures, "threads");
  INFO(result.why);
  CHECK(result.found == compare::verdict::crash);
  CHECK(result.outcome.text("program") == "killed by SIGABRT");
  CHECK(result.outcome.count("answers") == 2); // those before the zero
  CHECK(result.outcome.count("failures") == 0);
}

TEST_CASE("failures: the last job is done after the failure, by the worker or its successor") {
  for (auto* version : {"pool", "supervised"}) {
    INFO(version);
    auto result = test::run(failures, version);
    CHECK(result.outcome.count("answers") == 3);
    CHECK(result.outcome.count("failures") == 1);
    REQUIRE(!result.events.empty());
    CHECK(result.events.back().what == "10 / 1 = 10");
  }
}

TEST_CASE("failures.supervised: one failure is one restart") {
  auto result = test::run(failures, "supervised");
  CHECK(result.outcome.count("restarts") == 1);
}

TEST_CASE("exercise: failures: after a hundred zeros of somebody else the customer is still served"
          * doctest::should_fail()) {
  auto result = test::run(failures, "hundred_zeros", {.scale = 0.02, .limit = 20s});
  INFO(result.why);
  CHECK(result.found == compare::verdict::ok);
  CHECK(result.outcome.count("restarts") == 100 + 1);
}
