#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "mailroom/explore/replay.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;

TEST_CASE("barrier: with every good version, nobody goes on before all are there") {
  test::check_good_versions(stories::barrier, {.scale = 0.002});
}

TEST_CASE("barrier: one who is too early is one too many") {
  auto judged = [](std::int64_t too_early) {
    return stories::barrier.judge({{"too_early", too_early}});
  };
  CHECK(judged(0) == verdict::ok);
  CHECK(judged(1) == verdict::torn_read);
}

TEST_CASE("barrier.phaseless: who is back too early makes both wait for ever") {
  auto& phaseless = stories::barrier.find("phaseless");
  auto e = compare::explore_version(stories::barrier, phaseless);
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 8);
  CHECK(e.result.schedules == 2600);
  auto run = compare::replay_version(stories::barrier, phaseless, e.result.simplest.replay);
  CHECK(compare::verdict_of(run) == verdict::deadlock);
  CHECK(run.why == "walker 1 waits to wake the others; walker 2 waits to wake the others");
}

TEST_CASE("barrier.phaseless: one crossing is no problem, as nobody comes back") {
  auto result =
    test::run(stories::barrier, "phaseless", {.scale = 0.02, .numbers = {{"crossings", 1}}});
  CHECK(result.found == verdict::ok);
}

TEST_CASE("barrier: whoever waits is no burden, if there is nobody else") {
  for (auto& version : stories::barrier.versions) {
    CAPTURE(version.name);
    CHECK(test::run(stories::barrier, version.name, {.workers = 1}).found == verdict::ok);
  }
}

TEST_CASE("exercise: barrier: who drops out after the first crossing holds up nobody"
          * doctest::should_fail()) {
  auto story = stories::barrier;
  story.judge = [](const compare::outcome& o) {
    bool others = o.count("finished") == o.count("walkers") - 1;
    return others ? stories::barrier.judge(o) : verdict::crash;
  };
  auto& drop_out = story.find("drop_out");
  CHECK(compare::run(story, drop_out, {.workers = 5, .scale = 0.002}).found == verdict::ok);
  auto e = compare::explore_version(story, drop_out);
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
}
