#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::robots;

TEST_CASE("robots: every good version gets both through") {
  test::check_good_versions(robots, {.scale = 0.02}, {2});
}

TEST_CASE("robots: a robot that gives up is a livelock") {
  auto judged = [](bool a, bool b) { return robots.judge({{"a_passed", a}, {"b_passed", b}}); };
  CHECK(judged(true, true) == compare::verdict::ok);
  CHECK(judged(true, false) == compare::verdict::livelock);
  CHECK(judged(false, true) == compare::verdict::livelock);
}

TEST_CASE("robots: moves are bounded, and nobody moves who has the right of way") {
  for (auto* version : {"polite", "polite_actors"}) {
    auto result = test::run(robots, version, {.scale = 0.02});
    CAPTURE(version);
    CHECK(result.outcome.count("a_moves") <= 20);
    CHECK(result.outcome.count("b_moves") <= 20);
  }
  auto result = test::run(robots, "priority", {.scale = 0.02});
  CHECK(result.outcome.count("a_moves") == 0);
  CHECK(result.outcome.count("b_moves") >= 1);
}
