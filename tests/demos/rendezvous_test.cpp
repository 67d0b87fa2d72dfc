#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "mailroom/explore/replay.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::rendezvous;

TEST_CASE("rendezvous: with every good version, neither goes on alone") {
  test::check_good_versions(rendezvous, {.scale = 0.01}, {2});
}

TEST_CASE("rendezvous: who goes on alone has not met anybody") {
  auto judged = [](std::int64_t too_early) { return rendezvous.judge({{"too_early", too_early}}); };
  CHECK(judged(0) == verdict::ok);
  CHECK(judged(1) == verdict::torn_read);
  CHECK(judged(2) == verdict::torn_read);
}

TEST_CASE("rendezvous.wait_first: each waits for the other one, whatever the schedule") {
  auto result = test::run(rendezvous, "wait_first");
  CHECK(result.found == verdict::deadlock);
  CHECK(result.why == "Bunny waits for a permit; Turtle waits for a permit");
  auto e = compare::explore_version(rendezvous, rendezvous.find("wait_first"));
  CHECK(e.result.complete);
  CHECK(e.result.schedules == 20);
  CHECK(e.result.bad() == 20);
}

TEST_CASE("rendezvous: who comes first waits for the other one") {
  for (auto* version : {"locked", "actor"}) {
    auto result = test::run(rendezvous, version, {.scale = 0.01});
    CAPTURE(version);
    REQUIRE(result.events.size() == 4);
    CHECK(result.events[0].what == "at the bridge");
    CHECK(result.events[1].what == "at the bridge");
    CHECK(result.events[2].what == "goes on");
    CHECK(result.events[3].what == "goes on");
  }
}

TEST_CASE("exercise: rendezvous: each goes on with what the other one has brought"
          * doctest::should_fail()) {
  auto story = rendezvous;
  story.judge = [](const compare::outcome& o) {
    bool swapped = o.text("bunny_has") == "salad" && o.text("turtle_has") == "carrot";
    return swapped ? rendezvous.judge(o) : verdict::lost_update;
  };
  auto& gifts = story.find("gifts");
  CHECK(compare::run(story, gifts, {.scale = 0.02}).found == verdict::ok);
  auto e = compare::explore_version(story, gifts);
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
}
