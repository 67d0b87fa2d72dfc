#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::points_race;

TEST_CASE("points_race: in every good version, the total is the sum of all finds") {
  test::check_good_versions(points_race, {.scale = 0.01}, {3});
}

TEST_CASE("points_race: each player finds 1 to 3 points five times") {
  for (auto& v : points_race.versions) {
    if (v.name == "racy" && test::under_thread_sanitizer)
      continue;
    CAPTURE(v.name);
    auto result = test::run(points_race, v.name);
    for (auto* name : {"Bunny", "Turtle", "Fox"})
      CHECK(result.outcome.count(name) == 5);
    CHECK(result.outcome.count("found") >= 15);
    CHECK(result.outcome.count("found") <= 45);
  }
}

TEST_CASE("points_race: the seed decides what is found, and who leads") {
  auto found = [](std::string_view version, std::uint64_t seed) {
    auto result = test::run(points_race, version, {.seed = seed, .scale = 0.01});
    return std::pair{result.outcome.count("found"), result.outcome.text("leader")};
  };
  for (std::uint64_t seed : {1u, 2u, 3u})
    CHECK(found("locked", seed) == found("actor", seed));
  CHECK(found("actor", 1) != found("actor", 2));
}

TEST_CASE("points_race.racy: players who write at the same time lose points"
          * doctest::skip(test::under_thread_sanitizer)) {
  auto result = test::run_until_it_shows(points_race, "racy", {.scale = 0.5});
  CHECK(result.found == verdict::lost_update);
  CHECK(result.outcome.count("on_the_board") == result.outcome.count("found"));
  CHECK(result.outcome.count("total") < result.outcome.count("found"));
}

TEST_CASE("points_race: five finds each, and nothing is lost") {
  auto judged = [](std::int64_t fox, std::int64_t on_the_board, std::int64_t total) {
    return points_race.judge({{"Bunny", 5},
                              {"Turtle", 5},
                              {"Fox", fox},
                              {"found", 30},
                              {"on_the_board", on_the_board},
                              {"total", total}});
  };
  CHECK(judged(5, 30, 30) == verdict::ok);
  CHECK(judged(5, 30, 28) == verdict::lost_update);
  CHECK(judged(5, 29, 30) == verdict::lost_update);
  CHECK(judged(4, 30, 30) == verdict::crash);
}

TEST_CASE("exercise: points_race: a referee sees a total that is the sum, whenever it looks"
          * doctest::should_fail()) {
  auto story = points_race;
  story.explorable = true;
  story.judge = [](const compare::outcome& o) {
    bool fine = o.count("looks") == 10 && o.count("torn") == 0;
    return fine ? points_race.judge(o) : verdict::torn_read;
  };
  auto referee = story.find("referee");
  CHECK(compare::run(story, referee, {.scale = 0.02}).found == verdict::ok);
  referee.actors = true; // too many orders for all of them
  auto e = compare::explore_version(story, referee,
                                    {.strategy = explore::strategy::random, .max_schedules = 300});
  CHECK(e.result.schedules == 300);
  CHECK(e.result.cut == 0);
  CHECK(e.result.bad() == 0);
}
