#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::counter;

TEST_CASE("counter: no good version loses an update") {
  test::check_good_versions(counter, {.scale = 0.02, .numbers = {{"increments", 2000}}});
}

TEST_CASE("counter.racy: five who think between reading and writing lose updates"
          * doctest::skip(test::under_thread_sanitizer)) {
  auto result =
    test::run_until_it_shows(counter, "racy", {.scale = 0.2, .numbers = {{"increments", 100}}});
  CHECK(result.found == compare::verdict::lost_update);
  CHECK(result.outcome.count("slow_counted") < 5);
}

TEST_CASE("counter.naive_actor: five who think between get and put lose updates") {
  auto result = test::run_until_it_shows(counter, "naive_actor",
                                         {.scale = 0.2, .numbers = {{"increments", 100}}});
  CHECK(result.found == compare::verdict::lost_update);
  CHECK(result.outcome.count("slow_counted") < 5);
}

TEST_CASE("counter: the numbers are those of the story") {
  auto result = test::run(counter, "locked");
  CHECK(result.outcome.count("expected") == 2'000'000);
  CHECK(result.outcome.count("counted") == 2'000'000);
  CHECK(result.outcome.count("slow_counted") == 5);
}

// Twice each: an optimistic worker takes the steps of a racy one, and more where it was too late.
TEST_CASE("exercise: counter: an optimistic worker writes what it has read, or reads again"
          * doctest::should_fail()) {
  auto story = counter;
  story.small["increments"] = 2;
  auto explored = [&](std::string_view version) {
    return compare::explore_version(story, story.find(version),
                                    {.strategy = explore::strategy::all})
      .result;
  };
  auto optimistic = explored("optimistic");
  CHECK(optimistic.complete);
  CHECK(optimistic.bad() == 0);
  CHECK(optimistic.schedules > explored("racy").schedules);
  CHECK(test::run(counter, "optimistic", {.workers = 7, .numbers = {{"increments", 2000}}}).found
        == compare::verdict::ok);
}
