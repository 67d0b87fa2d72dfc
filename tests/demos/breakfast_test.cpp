#include <algorithm>

#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::breakfast;

TEST_CASE("breakfast: every version serves three dishes") {
  test::check_good_versions(breakfast, {.scale = 0.001}, {1, 3, 7});
}

TEST_CASE("breakfast: one after the other takes as long as all dishes") {
  CHECK(test::run(breakfast, "sequential").outcome.number("story_seconds") >= 9);
}

TEST_CASE("breakfast: together it takes as long as the longest dish") {
  for (auto* version : {"threads", "actor_pool", "actors"}) {
    INFO(version);
    auto seconds = test::run(breakfast, version, {.scale = 0.1}).outcome.number("story_seconds");
    CHECK(seconds >= 4);
    CHECK(seconds < 9);
  }
}

TEST_CASE("breakfast: a pool of one cook is as slow as one cook") {
  auto result = test::run(breakfast, "actor_pool", {.workers = 1, .scale = 0.02});
  CHECK(result.outcome.number("story_seconds") >= 9);
}

TEST_CASE("exercise: breakfast: the eggs wait for the coffee, and nothing else waits"
          * doctest::should_fail()) {
  bool together = false; // a busy machine may be late; one after the other always is
  for (int tries = 0; tries < 10 && !together; ++tries) {
    auto result = test::run(breakfast, "coffee_first", {.scale = 0.1});
    CHECK(result.found == compare::verdict::ok);
    auto at = [&](std::string_view who, std::string_view what) {
      return std::find_if(result.events.begin(), result.events.end(),
                          [&](auto& e) { return e.who == who && e.what == what; });
    };
    REQUIRE(at("eggs", "on the stove") != result.events.end());
    CHECK(at("coffee", "ready") < at("eggs", "on the stove"));
    CHECK(result.outcome.number("story_seconds") >= 2 + 4);
    together = result.outcome.number("story_seconds") < 3 + 2 + 4;
  }
  CHECK(together);
}
