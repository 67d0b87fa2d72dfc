#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::shopping_list;

TEST_CASE("shopping_list: no good version forgets an apple") {
  test::check_good_versions(shopping_list, {.scale = 0.01});
}

TEST_CASE("shopping_list: 2 + 1 + 1 = 4 apples") {
  CHECK(test::run(shopping_list, "locked").outcome.count("apples") == 4);
  CHECK(test::run(shopping_list, "actor").outcome.count("apples") == 4);
}

TEST_CASE("shopping_list.racy: two who walk to the fridge in between lose an apple"
          * doctest::skip(test::under_thread_sanitizer)) {
  auto result = test::run_until_it_shows(shopping_list, "racy", {.scale = 0.5});
  CHECK(result.found == compare::verdict::lost_update);
  CHECK(result.outcome.count("apples") == 3);
}

TEST_CASE("exercise: shopping_list: one actor has all items, also those that were not on the list"
          * doctest::should_fail()) {
  auto story = shopping_list;
  story.judge = [](const compare::outcome& o) {
    bool bananas = o.count("bananas") == o.count("expected") - 2; // one from each
    return bananas ? shopping_list.judge(o) : compare::verdict::lost_update;
  };
  auto& one_actor = story.find("one_actor");
  CHECK(compare::run(story, one_actor, {.workers = 7}).found == compare::verdict::ok);
  auto e = compare::explore_version(story, one_actor);
  CHECK(one_actor.actors);
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
}
