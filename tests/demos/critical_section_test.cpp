#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::critical_section;

TEST_CASE("critical_section: every version gets the votes right") {
  test::check_good_versions(critical_section, {.scale = 0.01});
}

TEST_CASE("critical_section: the same boxes have the same votes in all versions") {
  auto votes = [](std::string_view version) {
    return test::run(critical_section, version, {.scale = 0.01}).outcome.count("votes");
  };
  CHECK(votes("long") == votes("short"));
  CHECK(votes("long") == votes("actor"));
}

TEST_CASE("critical_section.long: holds the total while it counts, one after the other") {
  auto result = test::run(critical_section, "long", {.scale = 0.02});
  CHECK(result.outcome.count("held_us") >= 2'000); // 0.1 s per box
  CHECK(result.seconds >= 3 * 5 * 0.1 * 0.02);
}

TEST_CASE("critical_section.short: holds the total while it adds, and no longer") {
  auto result = test::run(critical_section, "short", {.scale = 0.5});
  CHECK(result.outcome.count("held_us") < 25'000); // of the 50 ms that it counts
  CHECK(result.seconds >= 5 * 0.1 * 0.5);
}

TEST_CASE("critical_section.actor: there is nothing to hold") {
  CHECK(test::run(critical_section, "actor").outcome.count("held_us") == 0);
}

TEST_CASE("critical_section: a vote too many is as wrong as one too few") {
  auto judged = [](std::int64_t votes) {
    return critical_section.judge({{"votes", votes}, {"due", 100}});
  };
  CHECK(judged(100) == verdict::ok);
  CHECK(judged(99) == verdict::lost_update);
  CHECK(judged(101) == verdict::lost_update);
}

// Of orders that nobody can tell apart, one is looked at. So they tell how often the total is
// locked.
TEST_CASE("exercise: critical_section: who has added up the own boxes locks the total once"
          * doctest::should_fail()) {
  auto story = critical_section;
  story.explorable = true;
  story.small = {{"workers", 2}, {"boxes", 3}};
  auto explored = [&](std::string_view version) {
    return compare::explore_version(story, story.find(version),
                                    {.strategy = explore::strategy::sleep_sets})
      .result;
  };
  auto own_sum = explored("own_sum");
  CHECK(own_sum.complete);
  CHECK(own_sum.bad() == 0);
  CHECK(own_sum.schedules == 2); // one adds first, or the other one
  CHECK(explored("short").schedules > 2);
}
