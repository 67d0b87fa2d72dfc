#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::sync_async;

TEST_CASE("sync_async: every version reads the same words") {
  test::check_good_versions(sync_async, {.scale = 0.001}, {1, 3});
}

TEST_CASE("sync_async: who waits first takes as long as all together") {
  CHECK(test::run(sync_async, "sync").outcome.number("story_seconds") >= 5);
}

TEST_CASE("sync_async: who begins first takes as long as the longest") {
  for (auto* version : {"future", "then", "co_await"}) {
    INFO(version);
    auto seconds = test::run(sync_async, version, {.scale = 0.1}).outcome.number("story_seconds");
    CHECK(seconds >= 2);
    CHECK(seconds < 5);
  }
}
