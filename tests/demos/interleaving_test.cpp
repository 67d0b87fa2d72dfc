#include "mailroom/compare/exploration.hpp"

#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::interleaving;

TEST_CASE("interleaving: all signs are printed, those of one worker in its order") {
  test::check_good_versions(interleaving, {.scale = 0.001}, {2});
  test::check_good_versions(interleaving, {.scale = 0.0001, .numbers = {{"steps", 26}}}, {2});
}

TEST_CASE("interleaving: no order of the two is wrong, and all are tried") {
  for (auto* version : {"threads", "actors"}) {
    INFO(version);
    auto e = compare::explore_version(interleaving, interleaving.find(version));
    CHECK(e.result.complete);
    CHECK(e.result.bad() == 0);
    CHECK(e.result.schedules >= 6); // the ways to shuffle two pairs
  }
}

TEST_CASE("interleaving: any order between the two is right, within one only its own") {
  auto judged = [](std::string printed) {
    return interleaving.judge({{"steps", std::int64_t{2}}, {"printed", std::move(printed)}});
  };
  for (auto* printed : {"1 2 a b", "1 a 2 b", "1 a b 2", "a 1 2 b", "a 1 b 2", "a b 1 2"})
    CHECK(judged(printed) == verdict::ok);
  CHECK(judged("2 1 a b") == verdict::crash);
  CHECK(judged("1 b 2 a") == verdict::crash);
  CHECK(judged("1 2 a") == verdict::lost_update);
  CHECK(judged("1 2 a b b") == verdict::lost_update);
  CHECK(judged("1 2 a c") == verdict::lost_update);
  CHECK(judged("") == verdict::lost_update);
}

TEST_CASE("interleaving: the columns tell what the sheet says") {
  for (auto& version : interleaving.versions) {
    INFO(version.name);
    auto result = test::run(interleaving, version.name, {.scale = 0.01});
    std::string told;
    for (auto& e : result.events)
      told += (told.empty() ? "" : " ") + e.what;
    CHECK(told == result.outcome.text("printed"));
  }
}

TEST_CASE("exercise: interleaving: 1 a 2 b, whatever the schedule" * doctest::should_fail()) {
  auto strict = interleaving;
  strict.judge = [](const compare::outcome& o) {
    std::string due;
    for (std::int64_t i = 0; i < o.count("steps"); ++i)
      due += (i > 0 ? " " : "") + std::to_string(i + 1) + ' ' + static_cast<char>('a' + i);
    return o.text("printed") == due ? verdict::ok : verdict::crash;
  };
  for (auto* name : {"in_turn", "in_turn_actors"}) {
    INFO(name);
    auto& version = strict.find(name);
    CHECK(version.actors == (name == std::string_view{"in_turn_actors"}));
    CHECK(test::run(strict, name, {.scale = 0.001}).found == verdict::ok);
    auto e = compare::explore_version(strict, version);
    CHECK(e.result.complete);
    CHECK(e.result.bad() == 0);
  }
}
