#include <doctest/doctest.h>

#include "actors/barrier/actor.hpp"
#include "actors/barrier/locked.hpp"
#include "actors/barrier/phaseless.hpp"
#include "actors/by_hand.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using ending = explore::ending;
using phase = std::uint64_t;

/// Two meet twice.
template <class Barrier>
void two_meet_twice() {
  Barrier crossing{2};
  auto walk = [&] {
    crossing.arrive_and_wait();
    crossing.arrive_and_wait();
  };
  sync::thread a{"A", walk};
  sync::thread b{"B", walk};
}

/// A waits (AA), B comes (BBB), is back, and waits (BB) before A has moved.
constexpr auto one_is_back_early = "AABBBBBA";

/// The actor, with the members of the lock version, for threads.
class by_message {
public:
  explicit by_message(int parties) : actor_(sys_.spawn(barrier, parties)) {}

  std::uint64_t arrive_and_wait() { return ask<std::uint64_t>(sys_, actor_, 30s, arrive_atom_v); }
  void arrive_and_drop() { ask<void>(sys_, actor_, 30s, drop_atom_v); }

private:
  mailroom::system sys_;
  barrier_actor actor_;
};

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("barrier.phaseless: who is back too early makes both wait for ever") {
  auto run = explore::replay(two_meet_twice<phaseless::barrier>, one_is_back_early);
  CHECK(run.end == ending::deadlock);
  CHECK(run.why == "A waits to wake the others; B waits to wake the others");
}

TEST_CASE("barrier.phaseless: who leaves at once meets the other one again") {
  CHECK(explore::replay(two_meet_twice<phaseless::barrier>, "AABBBAAAABBB").end == ending::fine);
}

// -- one suite for both ---------------------------------------------------------------------------------

TEST_CASE("barrier.locked: phases are told apart") {
  auto run = explore::replay(two_meet_twice<lock_based::barrier>, one_is_back_early);
  CHECK(run.end == ending::fine);
  CHECK(run.why == "");
}

TEST_CASE_TEMPLATE("barrier: nobody is a phase ahead of the others", Barrier, lock_based::barrier,
                   by_message) {
  constexpr int rounds = 30;
  for (int parties : {1, 2, 3, 7}) {
    Barrier crossing{parties};
    sync::atomic<int> arrived{0};
    sync::atomic<int> wrong{0};
    {
      std::vector<sync::thread> walkers;
      for (int i = 0; i < parties; ++i)
        walkers.emplace_back("walker", [&] {
          for (int round = 1; round <= rounds; ++round) {
            arrived.fetch_add(1);
            auto ended = crossing.arrive_and_wait();
            int now = arrived.load();
            if (ended != static_cast<std::uint64_t>(round) || now < parties * round
                || now > parties * (round + 1))
              wrong.fetch_add(1);
          }
        });
    }
    CHECK(arrived.load() == parties * rounds);
    CHECK(wrong.load() == 0);
  }
}

TEST_CASE_TEMPLATE("barrier: who drops out is not waited for", Barrier, lock_based::barrier,
                   by_message) {
  constexpr int parties = 5;
  Barrier crossing{parties};
  sync::atomic<int> sum{0};
  {
    std::vector<sync::thread> walkers;
    for (int i = 0; i < parties; ++i)
      walkers.emplace_back("walker", [&, i] { // goes i phases, then home
        for (int n = 0; n < i; ++n)
          sum.fetch_add(static_cast<int>(crossing.arrive_and_wait()));
        crossing.arrive_and_drop();
      });
  }
  CHECK(sum.load() == 1 + (1 + 2) + (1 + 2 + 3) + (1 + 2 + 3 + 4));
}

TEST_CASE("barrier.locked: refuses what cannot be") {
  CHECK_THROWS_AS(lock_based::barrier{0}, std::invalid_argument);
  lock_based::barrier crossing{1};
  CHECK(crossing.arrive_and_wait() == 1);
  crossing.arrive_and_drop();
  CHECK_THROWS_AS(crossing.arrive_and_wait(), std::invalid_argument);
  CHECK_THROWS_AS(crossing.arrive_and_drop(), std::invalid_argument);
}

// -- the actor ------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "barrier.actor: refuses what cannot be") {
  CHECK(why_ended(sys.spawn(barrier, 0)) == "invalid_argument");
  auto crossing = sys.spawn(barrier, 1);
  tell(crossing, drop_atom_v);
  ask<phase>("arrive", crossing, arrive_atom_v);
  ask<void>("drop", crossing, drop_atom_v);
  CHECK(taken() == lines{"arrive: invalid_argument", "drop: invalid_argument"});
}

TEST_CASE_FIXTURE(by_hand, "barrier.actor: who dies while it waits has arrived, and is dropped") {
  auto crossing = sys.spawn(barrier, 3);
  auto dead = ask<phase>("dead", crossing, arrive_atom_v);
  ask<phase>("b", crossing, arrive_atom_v);
  end(dead);
  CHECK(taken() == lines{});
  ask<phase>("c", crossing, arrive_atom_v);
  CHECK(taken() == lines{"b: 1", "c: 1"});
  ask<phase>("b", crossing, arrive_atom_v);
  ask<phase>("c", crossing, arrive_atom_v);
  CHECK(taken() == lines{"b: 2", "c: 2"});
}

TEST_CASE_FIXTURE(by_hand,
                  "barrier.actor: who dies elsewhere is not noticed, but can be replaced") {
  auto crossing = sys.spawn(barrier, 2);
  auto dead = ask<phase>("a", crossing, arrive_atom_v);
  ask<phase>("b", crossing, arrive_atom_v);
  CHECK(taken() == lines{"a: 1", "b: 1"});
  end(dead);
  ask<phase>("b", crossing, arrive_atom_v);
  CHECK(taken() == lines{});
  SUBCASE("by another one") {
    ask<phase>("c", crossing, arrive_atom_v);
    CHECK(taken() == lines{"b: 2", "c: 2"});
  }
  SUBCASE("or given up by somebody who knows") {
    tell(crossing, drop_atom_v);
    ask<phase>("b", crossing, arrive_atom_v);
    CHECK(taken() == lines{"b: 2", "b: 3"});
  }
}
