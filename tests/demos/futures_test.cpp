#include <algorithm>

#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::futures;

TEST_CASE("futures: every version hears of four prices and one failure") {
  test::check_good_versions(futures, {.scale = 0.001}, {1, 2, 5});
}

TEST_CASE("futures: the answers come in the order in which the shops are ready") {
  for (auto& version : futures.versions) {
    // A tenth of a second between two.
    auto result = test::run(futures, version.name, {.workers = 5, .scale = 0.2});
    CHECK(result.outcome.text("cheapest") == "mill");
    auto& notes = result.events;
    REQUIRE(notes.size() == 5);
    CHECK(notes.front().who == "kiosk");
    CHECK(notes.front().what == "closed");
    CHECK(notes.back().who == "farm");
  }
}

TEST_CASE("futures: the judge misses what is missing") {
  CHECK(futures.judge({{"prices", std::int64_t{4}},
                       {"failures", std::int64_t{0}},
                       {"cheapest", std::string("mill")}})
        == compare::verdict::crash);
}

TEST_CASE("exercise: futures: who has not answered in time has failed, and is not asked any more"
          * doctest::should_fail()) {
  compare::settings at_once{.workers = 1, .scale = 0.2, .numbers = {{"patience", 0}}};
  for (auto& version : futures.versions) {
    INFO(version.name);
    auto result = test::run(futures, version.name, at_once);
    CHECK(result.why == "");
    CHECK(result.outcome.count("prices") == 0);
    CHECK(result.outcome.count("failures") == 5);
    CHECK(std::count_if(result.events.begin(), result.events.end(),
                        [](auto& e) { return e.what == "no answer"; })
          == 5);
    CHECK(result.seconds < 0.2 * (3 + 1 + 2 + 0.5 + 4)); // what it takes to ask all
  }
}
