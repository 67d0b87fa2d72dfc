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
