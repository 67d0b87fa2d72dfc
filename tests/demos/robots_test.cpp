#include <utility>

#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
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

TEST_CASE("exercise: robots: whose turn it is steps aside once, and the seed says whose"
          * doctest::should_fail()) {
  auto moves = [](std::uint64_t seed) {
    auto result = test::run(robots, "turn_taking", {.seed = seed, .scale = 0.02});
    CHECK(result.found == compare::verdict::ok);
    return std::pair{result.outcome.count("a_moves"), result.outcome.count("b_moves")};
  };
  CHECK(moves(1) != moves(2));
  auto story = robots;
  story.judge = [](const compare::outcome& o) {
    bool one = o.count("a_moves") + o.count("b_moves") == 1;
    return one ? robots.judge(o) : compare::verdict::livelock;
  };
  auto e = compare::explore_version(story, story.find("turn_taking"));
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
}
