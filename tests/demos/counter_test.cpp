#include <doctest/doctest.h>

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
