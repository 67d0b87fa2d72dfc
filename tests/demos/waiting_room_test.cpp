#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::waiting_room;

namespace {

verdict judged(int seated, int on_nothing) {
  return waiting_room.judge({{"guests", std::int64_t{3}},
                             {"seated", std::int64_t{seated}},
                             {"on_nothing", std::int64_t{on_nothing}}});
}

std::string counted(std::string_view version) {
  auto e = compare::explore_version(waiting_room, waiting_room.find(version),
                                    {.strategy = explore::strategy::sleep_sets}); // there are many
  CHECK(e.result.complete);
  return std::to_string(e.result.bad()) + " of " + std::to_string(e.result.schedules);
}

} // namespace

TEST_CASE("waiting_room: in no good version sits anybody where no chair is, and all sit") {
  for (std::int64_t latecomers : {0, 1, 7})
    test::check_good_versions(waiting_room,
                              {.scale = 0.005, .numbers = {{"latecomers", latecomers}}}, {3});
}

TEST_CASE("waiting_room: each way to be wrong has its verdict") {
  CHECK(judged(3, 0) == verdict::ok);
  CHECK(judged(2, 1) == verdict::overtaken);
  CHECK(judged(2, 0) == verdict::lost_wakeup);
}

TEST_CASE("waiting_room.early_signal: a chair is free, and somebody waits for the news of it") {
  auto result = test::run_until_it_shows(waiting_room, "early_signal", {.scale = 0.3});
  CHECK(result.found == verdict::lost_wakeup);
  CHECK(result.why.find("waits for changed") != std::string::npos);
}

TEST_CASE("waiting_room: in how many schedules each version fails") {
  CHECK(counted("if_wait") == "2 of 156");
  CHECK(counted("while_wait") == "0 of 153");
  CHECK(counted("early_signal") == "168 of 318");
  CHECK(counted("actor") == "0 of 183");
}

TEST_CASE("exercise: waiting_room: who has the lower number gets the chair"
          * doctest::should_fail()) {
  auto story = waiting_room;
  story.judge = [](const compare::outcome& o) {
    return o.flag("ann_first") ? waiting_room.judge(o) : verdict::overtaken;
  };
  auto& numbers = story.find("numbers");
  CHECK(compare::run(story, numbers, {.scale = 0.02}).found == verdict::ok);
  auto e = compare::explore_version(story, numbers);
  CHECK(!numbers.actors);
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
}
