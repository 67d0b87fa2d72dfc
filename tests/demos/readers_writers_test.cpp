#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/readers_writers/actor.hpp"
#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;

TEST_CASE("readers_writers: with every good version, all trains take an hour") {
  test::check_good_versions(stories::readers_writers, {.scale = 0.002});
}

TEST_CASE("readers_writers: half a change is worse than a change that got lost") {
  auto judged = [](std::int64_t torn, std::int64_t departure) {
    return stories::readers_writers.judge(
      {{"torn", torn}, {"expected", std::int64_t{10}}, {"departure", departure}});
  };
  CHECK(judged(0, 10) == verdict::ok);
  CHECK(judged(0, 9) == verdict::lost_update);
  CHECK(judged(1, 10) == verdict::torn_read);
  CHECK(judged(2, 9) == verdict::torn_read);
}

TEST_CASE("readers_writers.racy: who reads slowly sees half of a change"
          * doctest::skip(test::under_thread_sanitizer)) {
  CHECK(test::run_until_it_shows(stories::readers_writers, "racy", {.scale = 0.5}).found
        == verdict::torn_read);
}

TEST_CASE("readers_writers: a writer gets its turn while there still are readers") {
  for (auto* version : {"locked", "actor"}) {
    CAPTURE(version);
    auto result = test::run(stories::readers_writers, version,
                            {.workers = 4, .scale = 0.001, .numbers = {{"reads", 1'000}}});
    REQUIRE(result.found == verdict::ok);
    CHECK(result.events.back().who != "station");
  }
}

// The same for the lock is a test of the block.
TEST_CASE_FIXTURE(test::by_hand, "readers_writers.actor: a late reader waits for the writer") {
  using test::lines;
  auto lender = sys.spawn(mailroom::readers_writers);
  auto early = ask<bool>("early", lender, read_atom_v);
  auto writer = ask<bool>("writer", lender, write_atom_v);
  ask<bool>("late", lender, read_atom_v);
  CHECK(taken() == lines{"early: yes"});
  ask<void>(early, "early leaves", lender, release_atom_v);
  CHECK(taken() == lines{"writer: yes", "early leaves: done"});
  ask<void>(writer, "writer leaves", lender, release_atom_v);
  CHECK(taken() == lines{"late: yes", "writer leaves: done"});
}

TEST_CASE("readers_writers: two readers and a writer, in every schedule") {
  auto story = stories::readers_writers;
  story.small["workers"] = 2;
  auto explored = [&](const char* version) {
    auto e = compare::explore_version(story, story.find(version),
                                      {.strategy = explore::strategy::sleep_sets});
    CHECK(e.result.complete);
    return e;
  };
  CHECK(explored("racy").worst() == verdict::torn_read);
  CHECK(explored("locked").result.bad() == 0);
  CHECK(explored("actor").result.bad() == 0);
}

TEST_CASE("exercise: readers_writers: an actor that has both times needs no lender"
          * doctest::should_fail()) {
  auto& story = stories::readers_writers;
  auto explored = [&](std::string_view version) {
    return compare::explore_version(story, story.find(version)).result;
  };
  auto one_actor = explored("one_actor");
  CHECK(story.find("one_actor").actors);
  CHECK(one_actor.complete);
  CHECK(one_actor.bad() == 0);
  CHECK(one_actor.schedules < explored("actor").schedules);
  CHECK(test::run(story, "one_actor", {.workers = 7}).found == verdict::ok);
}
