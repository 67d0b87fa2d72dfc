#include <array>

#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/corridor/backoff.hpp"
#include "actors/corridor/polite.hpp"
#include "actors/corridor/polite_actors.hpp"
#include "actors/corridor/priority.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;
using ending = explore::ending;

namespace {

template <class Corridor>
void both_pass() {
  Corridor corridor;
  std::array<walk, robots> walks{};
  {
    sync::thread a{"A", [&] { walks[0] = corridor.pass(0); }};
    sync::thread b{"B", [&] { walks[1] = corridor.pass(1); }};
  }
  explore::ensure(walks[0].passed && walks[1].passed, "a robot is left in the corridor");
}

} // namespace

// -- the bug, made to happen ------------------------------------------------------------------------------

TEST_CASE("corridor.polite: in step with each other, they never get on") {
  CHECK(explore::replay(both_pass<polite::corridor>, "(AABBAABABBAB)*").end == ending::livelock);
}

TEST_CASE("corridor.polite: whoever is quicker gets through") {
  CHECK(explore::replay(both_pass<polite::corridor>, "AAAAAA").end == ending::fine);
  CHECK(explore::replay(both_pass<polite::corridor>, "AABBBBBB").end == ending::fine);
}

TEST_CASE("corridor.polite: each state that can be reached is looked at") {
  auto r = explore::livelocks(both_pass<polite::corridor>);
  REQUIRE(r.findings.size() == 1); // and nobody is left behind when both end
  CHECK(r.simplest.end == ending::livelock);
}

TEST_CASE("corridor.backoff: what chance keeps them from is still there") {
  CHECK(explore::livelocks(both_pass<backing_off::corridor>).simplest.end == ending::livelock);
}

TEST_CASE_FIXTURE(by_hand, "corridor.polite_actors: both are told the old lane, again and again") {
  std::array<walk, robots> walks{};
  int ended = 0;
  auto spawn = [&](int robot) {
    return sys.spawn(polite_walker, polite_walk{robot, 1ms, 5, unwatched, [&, robot](walk w) {
                                                  walks[static_cast<std::size_t>(robot)] = w;
                                                  ++ended;
                                                }});
  };
  auto a = spawn(0);
  auto b = spawn(1);
  caf::anon_send(a, partner_atom_v, visible_robot{b});
  caf::anon_send(b, partner_atom_v, visible_robot{a});
  sys.run_all();
  for (int i = 0; i < 20 && ended < robots; ++i)
    sys.advance(1ms); // both step aside, or both look
  CHECK(ended == robots);
  for (auto& w : walks) {
    CHECK_FALSE(w.passed);
    CHECK(w.moves == 5);
  }
}

TEST_CASE_FIXTURE(by_hand, "corridor.polite_actors: if one of them is late, both get through") {
  std::array<walk, robots> walks{};
  auto spawn = [&](int robot) {
    return sys.spawn(polite_walker, polite_walk{robot, 1ms, 5, unwatched, [&, robot](walk w) {
                                                  walks[static_cast<std::size_t>(robot)] = w;
                                                }});
  };
  auto a = spawn(0);
  auto b = spawn(1);
  caf::anon_send(a, partner_atom_v, visible_robot{b});
  sys.run_all();    // A is blocked
  sys.advance(1ms); // and steps aside
  caf::anon_send(b, partner_atom_v, visible_robot{a});
  sys.run_all(); // B is free, and through
  sys.advance(1ms);
  CHECK(walks[0].passed);
  CHECK(walks[0].moves == 1);
  CHECK(walks[1].passed);
  CHECK(walks[1].moves == 0);
}

// -- the cure ---------------------------------------------------------------------------------------------

TEST_CASE("corridor.priority: in no order of steps do they get in each other's way for ever") {
  auto r = explore::livelocks(both_pass<priority::corridor>);
  CHECK(r.findings.empty());
}

TEST_CASE_TEMPLATE("corridor: on real threads, both get through", Corridor, backing_off::corridor,
                   priority::corridor) {
  Corridor corridor{100us};
  std::array<walk, robots> walks{};
  {
    sync::thread a{"A", [&] { walks[0] = corridor.pass(0); }};
    sync::thread b{"B", [&] { walks[1] = corridor.pass(1); }};
  }
  CHECK(walks[0].passed);
  CHECK(walks[1].passed);
}

TEST_CASE_TEMPLATE("corridor: a robot that is alone just goes", Corridor, polite::corridor,
                   backing_off::corridor) {
  Corridor corridor{100us, 3};
  auto w = corridor.pass(0); // the other one stands in the way, and never moves
  CHECK(w.passed);
  CHECK(w.moves == 1);
}
