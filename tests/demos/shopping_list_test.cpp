#include <doctest/doctest.h>

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
