#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::parking_lot;

namespace {

verdict judged(int parked, int most_at_once, int overtaken) {
  return parking_lot.judge({{"cars", std::int64_t{3}},
                            {"parked", std::int64_t{parked}},
                            {"drove_on", std::int64_t{0}},
                            {"places", std::int64_t{2}},
                            {"most_at_once", std::int64_t{most_at_once}},
                            {"overtaken", std::int64_t{overtaken}}});
}

} // namespace

TEST_CASE("parking_lot: no good version lets more in than there is room for, and all park") {
  test::check_good_versions(parking_lot, {.scale = 0.01});
  test::check_good_versions(parking_lot, {.scale = 0.01, .numbers = {{"places", 1}}}, {4});
}

TEST_CASE("parking_lot: with room for all, all can be in at once") {
  for (auto* version : {"locked", "actor"}) {
    CAPTURE(version);
    auto result = test::run(parking_lot, version, {.scale = 0.01, .numbers = {{"places", 7}}});
    CHECK(result.outcome.count("parked") == 3);
    CHECK(result.outcome.count("drove_on") == 0);
    CHECK(result.outcome.count("most_at_once") >= 1);
    CHECK(result.outcome.count("most_at_once") <= 3);
  }
}

TEST_CASE("parking_lot: each way to be wrong has its verdict") {
  CHECK(judged(3, 2, 0) == verdict::ok);
  CHECK(judged(3, 1, 0) == verdict::ok);
  CHECK(judged(3, 3, 0) == verdict::overdraft);
  CHECK(judged(2, 2, 0) == verdict::lost_wakeup);
  CHECK(judged(3, 2, 1) == verdict::overtaken);
}

TEST_CASE("parking_lot.racy: three who think between looking and taking park in two places"
          * doctest::skip(test::under_thread_sanitizer)) {
  auto result = test::run_until_it_shows(parking_lot, "racy", {.scale = 0.5});
  CHECK(result.found == verdict::overdraft);
  CHECK(result.outcome.count("most_at_once") == 3);
}

TEST_CASE("parking_lot: in how many schedules each version fails") {
  auto counted = [](const compare::story& story, std::string_view version,
                    explore::strategy how = explore::strategy::automatic) {
    auto e = compare::explore_version(story, story.find(version), {.strategy = how});
    CHECK(e.result.complete);
    return std::to_string(e.result.bad()) + " of " + std::to_string(e.result.schedules);
  };
  CHECK(counted(parking_lot, "racy") == "1200 of 2782");
  CHECK(counted(parking_lot, "locked") == "0 of 14");
  CHECK(counted(parking_lot, "actor") == "0 of 424");
  auto as_told = parking_lot;
  as_told.small = {}; // two places, three cars
  CHECK(counted(as_told, "locked", explore::strategy::sleep_sets) == "0 of 942");
}

TEST_CASE("exercise: parking_lot: each bus takes two places at once, or waits"
          * doctest::should_fail()) {
  auto story = parking_lot;
  story.judge = [](const compare::outcome& o) {
    bool one_by_one = o.count("most_at_once") == 1 && o.count("parked") == o.count("cars");
    return one_by_one ? parking_lot.judge(o) : verdict::overdraft;
  };
  auto& buses = story.find("buses");
  CHECK(compare::run(story, buses, {.scale = 0.02, .numbers = {{"places", 2}}}).found
        == verdict::ok);
  for (std::int64_t places : {2, 3}) { // two each have one of two, or there is one left over
    CAPTURE(places);
    story.small = {{"workers", 2}, {"places", places}};
    auto e = compare::explore_version(story, buses);
    CHECK(e.result.complete);
    CHECK(e.result.bad() == 0);
  }
}
