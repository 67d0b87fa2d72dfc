#include <algorithm>

#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::squares;

TEST_CASE("squares: every version collects all, from any number of workers") {
  test::check_good_versions(squares, {.scale = 0.001});
}

TEST_CASE("squares: a result that is missing, wrong or there twice is one that got lost") {
  auto judged = [](const char* sorted) {
    using namespace std::string_literals;
    return squares.judge({{"sorted", std::string(sorted)}, {"expected", "4 9 16"s}});
  };
  CHECK(judged("4 9 16") == compare::verdict::ok);
  CHECK(judged("4 16") == compare::verdict::lost_update);
  CHECK(judged("4 8 16") == compare::verdict::lost_update);
  CHECK(judged("4 4 9 16") == compare::verdict::lost_update);
  CHECK(judged("") == compare::verdict::lost_update);
}

TEST_CASE("squares: all have 4, 9 and 16, and futures have them in the order of the questions") {
  for (auto& version : squares.versions) {
    CAPTURE(version.name);
    auto result = test::run(squares, version.name);
    CHECK(result.outcome.text("sorted") == "4 9 16");
  }
  CHECK(test::run(squares, "futures").outcome.text("arrived") == "4 9 16");
}

TEST_CASE("squares: three results come in any of six orders, two in any of two") {
  auto story = squares;
  for (auto [workers, orders] : {std::pair{2u, 2u}, {3u, 6u}}) {
    story.small["workers"] = workers;
    auto e = compare::explore_version(story, story.find("actor"));
    CHECK(e.result.complete);
    CHECK(e.result.schedules == orders);
    CHECK(e.result.bad() == 0);
  }
}

TEST_CASE("exercise: squares: who is told of a failure asks again" * doctest::should_fail()) {
  auto story = squares;
  story.judge = [](const compare::outcome& o) {
    return o.count("failed") == 1 ? squares.judge(o) : compare::verdict::crash;
  };
  auto result = compare::run(story, story.find("second_try"), {.scale = 0.02});
  CHECK(result.found == compare::verdict::ok);
  CHECK(std::count_if(result.events.begin(), result.events.end(),
                      [](auto& e) { return e.what == "computes 2 x 2"; })
        == 2);
  auto e = compare::explore_version(story, story.find("second_try"));
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
}
