#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "mailroom/explore/replay.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;

TEST_CASE("latch: with every good version, dinner begins when all have come") {
  test::check_good_versions(stories::latch, {.scale = 0.01});
}

TEST_CASE("latch: dinner that begins too early is no dinner for all") {
  auto judged = [](std::int64_t too_early) {
    return stories::latch.judge({{"too_early", too_early}});
  };
  CHECK(judged(0) == verdict::ok);
  CHECK(judged(1) == verdict::torn_read);
}

TEST_CASE("latch.racy: a guest who is not counted keeps the host waiting for ever"
          * doctest::skip(test::under_thread_sanitizer)) {
  auto result = test::run_until_it_shows(stories::latch, "racy", {.scale = 0.5});
  CHECK(result.found == verdict::deadlock);
  CHECK(result.why == "host waits for zero");
}

TEST_CASE("latch.racy: who is not counted is the rule, not the exception") {
  auto e = compare::explore_version(stories::latch, stories::latch.find("racy"));
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 1512);
  CHECK(e.result.schedules == 1680);
}

TEST_CASE("latch: a guest alone is always counted") {
  for (auto& version : stories::latch.versions) {
    CAPTURE(version.name);
    CHECK(test::run(stories::latch, version.name, {.workers = 1}).found == verdict::ok);
  }
}

TEST_CASE("latch.actor: on a network, the news may come before the guest") {
  auto& actor = stories::latch.find("actor");
  CHECK(compare::explore_version(stories::latch, actor).result.bad() == 0);
  auto e = compare::explore_version(stories::latch, actor, {.semantics = explore::network});
  CHECK(e.worst() == verdict::torn_read);
}

TEST_CASE("exercise: latch: dinner does not wait for a guest who is known not to come"
          * doctest::should_fail()) {
  auto story = stories::latch;
  story.judge = [](const compare::outcome& o) {
    bool dinner = o.flag("served") && o.count("came") == o.count("guests") - 1;
    return dinner ? stories::latch.judge(o) : verdict::deadlock;
  };
  auto& monitored = story.find("monitored");
  CHECK(compare::run(story, monitored, {.scale = 0.02}).found == verdict::ok);
  auto e = compare::explore_version(story, monitored);
  CHECK(monitored.actors);
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
}
