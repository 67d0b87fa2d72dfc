#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::egg_timer;

namespace {

verdict judged(std::int64_t soft, bool cancelled, std::int64_t hard, std::int64_t early = 0) {
  return egg_timer.judge(
    {{"soft", soft}, {"cancelled", cancelled}, {"hard", hard}, {"early", early}});
}

} // namespace

TEST_CASE("egg_timer: each bell rings once or is cancelled, and none before its time") {
  test::check_good_versions(egg_timer, {.scale = 0.01}, {1});
}

TEST_CASE("egg_timer: a bell that does not ring is not heard, and a wrong one is worse") {
  CHECK(judged(1, true, 0) == verdict::ok);
  CHECK(judged(1, false, 1) == verdict::ok); // the cook was too late
  CHECK(judged(0, true, 0) == verdict::lost_wakeup);
  CHECK(judged(1, false, 0) == verdict::lost_wakeup);
  CHECK(judged(1, true, 1) == verdict::crash); // cancelled, and rings
  CHECK(judged(2, true, 0) == verdict::crash);
  CHECK(judged(1, false, 2) == verdict::crash);
  CHECK(judged(1, true, 0, 1) == verdict::crash);
}

TEST_CASE("egg_timer: it lasts until after the time of the bell that was cancelled") {
  for (auto& version : egg_timer.versions) {
    CAPTURE(version.name);
    CHECK(test::run(egg_timer, version.name, {.scale = 0.01}).seconds >= 0.06);
  }
}

TEST_CASE("egg_timer: in virtual time, the cook is in time or too late, never both") {
  auto e = compare::explore_version(egg_timer, egg_timer.find("actor"));
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
  CHECK(e.result.schedules == 32);
  auto story = egg_timer;
  story.judge = [](const compare::outcome& o) {
    return o.flag("cancelled") ? verdict::ok : verdict::overtaken;
  };
  auto too_late = compare::explore_version(story, story.find("actor")).result.bad();
  CHECK(too_late > 0);
  CHECK(too_late < 32);
}

TEST_CASE("exercise: egg_timer: a bell that cancels the other one itself is never too late"
          * doctest::should_fail()) {
  auto story = egg_timer;
  story.judge = [](const compare::outcome& o) {
    return o.flag("cancelled") ? egg_timer.judge(o) : verdict::overtaken;
  };
  auto& first_bell = story.find("first_bell");
  auto e = compare::explore_version(story, first_bell);
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
  CHECK(compare::run(story, first_bell, {.scale = 0.0001}).found == verdict::ok);
}
