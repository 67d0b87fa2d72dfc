#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::web_fetch;

TEST_CASE("web_fetch: every version gets all pages, in order") {
  test::check_good_versions(web_fetch, {.scale = 0.01}, {1, 16});
}

TEST_CASE("web_fetch: one by one takes as long as all waits together") {
  CHECK(test::run(web_fetch, "sequential", {.scale = 0.05}).outcome.number("story_seconds") >= 3.2);
}

TEST_CASE("web_fetch: sixteen workers wait for sixteen pages at a time") {
  for (auto* version : {"thread_pool", "actor_pool"}) {
    INFO(version);
    auto with = compare::settings{.workers = 16, .scale = 0.5};
    auto seconds = test::run(web_fetch, version, with).outcome.number("story_seconds");
    CHECK(seconds >= 0.2);
    CHECK(seconds < 1.6);
  }
}

TEST_CASE("exercise: web_fetch: a page that fails once is asked for again, and no other"
          * doctest::should_fail()) {
  for (int workers : {1, 16}) {
    auto result = test::run(web_fetch, "second_try", {.workers = workers, .scale = 0.01});
    INFO(result.why);
    CHECK(result.found == compare::verdict::ok);
    CHECK(result.outcome.count("requests") == 64 + 1);
  }
}
