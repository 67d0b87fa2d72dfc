#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/latch/actor.hpp"
#include "actors/latch/locked.hpp"
#include "actors/latch/racy.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using ending = explore::ending;
using std::chrono::nanoseconds;

/// Two guests arrive, the host waits for both.
template <class Latch>
void two_guests() {
  Latch missing{2};
  sync::thread a{"A", [&] { missing.count_down(); }};
  sync::thread b{"B", [&] { missing.count_down(); }};
  sync::thread host{"host", [&] { missing.wait(); }};
}

/// The actor, with the members of the lock version, for threads.
class by_message {
public:
  explicit by_message(int count) : actor_(sys_.spawn(latch, count)) {}

  void count_down(int by = 1) { ask<void>(sys_, actor_, 30s, count_down_atom_v, by); }
  void wait() { ask<bool>(sys_, actor_, 30s, wait_atom_v); }
  bool wait_for(nanoseconds limit) { return ask<bool>(sys_, actor_, 30s, wait_atom_v, limit); }
  void arrive_and_wait() { ask<bool>(sys_, actor_, 30s, arrive_atom_v); }
  int count() { return ask<int>(sys_, actor_, 30s, get_atom_v); }

private:
  mailroom::system sys_;
  latch_actor actor_;
};

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("latch.racy: one guest is not counted, and the host waits for ever") {
  auto run = explore::replay(two_guests<racy::latch>, "ABBA");
  CHECK(run.end == ending::deadlock);
  CHECK(run.why == "host waits to acquire zero");
}

TEST_CASE("latch.racy: one after the other, both are counted") {
  CHECK(explore::replay(two_guests<racy::latch>, "AABBBC").end == ending::fine);
}

TEST_CASE_FIXTURE(by_hand, "latch.actor: who dies before it has counted keeps the others waiting") {
  auto missing = sys.spawn(latch, 1);
  ask<bool>("complete", missing, wait_atom_v, nanoseconds{10min});
  auto guest = sys.spawn([=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](done_atom) { self->send(missing, count_down_atom_v, 1); }};
  });
  sys.run_all();
  end(guest);
  sys.advance(10min);
  CHECK(taken() == lines{"complete: no"});
}

// -- one suite for both ---------------------------------------------------------------------------------

TEST_CASE("latch.locked: the schedule that breaks the racy one has no place to happen") {
  CHECK_THROWS_AS(explore::replay(two_guests<lock_based::latch>, "ABBA"), explore::schedule_error);
  CHECK(explore::replay(two_guests<lock_based::latch>, "AABBBC").end == ending::fine);
  CHECK(explore::replay(two_guests<lock_based::latch>, "CCAABBB").end == ending::fine);
}

TEST_CASE_TEMPLATE("latch: nobody goes on before all have arrived", Latch, lock_based::latch,
                   by_message) {
  for (int guests : {1, 2, 3, 7}) {
    Latch missing{guests};
    sync::atomic<int> arrived{0};
    sync::atomic<int> too_early{0};
    {
      std::vector<sync::thread> threads;
      for (int i = 0; i < guests; ++i)
        threads.emplace_back("guest", [&, i] {
          arrived.fetch_add(1);
          if (i == 1) {
            missing.count_down();
            missing.wait();
          } else {
            missing.arrive_and_wait();
          }
          too_early.fetch_add(arrived.load() == guests ? 0 : 1);
        });
      CHECK(missing.wait_for(30s));
      CHECK(arrived.load() == guests);
    }
    CHECK(too_early.load() == 0);
    CHECK(missing.count() == 0);
  }
}

TEST_CASE_TEMPLATE("latch: opens at zero, not before, and stays open", Latch, lock_based::latch,
                   by_message) {
  Latch missing{3};
  missing.count_down(2);
  missing.count_down(0);
  CHECK(missing.count() == 1);
  CHECK_FALSE(missing.wait_for(1us));
  CHECK_FALSE(missing.wait_for(0ns));
  missing.arrive_and_wait();
  missing.wait();
  CHECK(missing.wait_for(0ns));
  Latch nobody{0};
  nobody.wait();
}

TEST_CASE("latch.locked: refuses what cannot be") {
  CHECK_THROWS_AS(lock_based::latch{-1}, std::invalid_argument);
  lock_based::latch missing{1};
  CHECK_THROWS_AS(missing.count_down(-1), std::invalid_argument);
  CHECK_THROWS_AS(missing.count_down(2), std::invalid_argument);
  CHECK(missing.count() == 1);
  missing.count_down();
  CHECK_THROWS_AS(missing.arrive_and_wait(), std::invalid_argument);
}

// -- the actor ------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "latch.actor: refuses what cannot be") {
  CHECK(why_ended(sys.spawn(latch, -1)) == "invalid_argument");
  auto missing = sys.spawn(latch, 1);
  ask<void>("up", missing, count_down_atom_v, -1);
  ask<void>("too far", missing, count_down_atom_v, 2);
  ask<int>("left", missing, get_atom_v);
  CHECK(taken() == lines{"up: invalid_argument", "too far: invalid_argument", "left: 1"});
  tell(missing, count_down_atom_v, 1);
  ask<bool>("one too many", missing, arrive_atom_v);
  CHECK(taken() == lines{"one too many: invalid_argument"});
}

TEST_CASE_FIXTURE(by_hand, "latch.actor: who has arrived and dies is counted, and forgotten") {
  auto missing = sys.spawn(latch, 2);
  end(ask<bool>("dead", missing, arrive_atom_v));
  ask<bool>("alive", missing, arrive_atom_v);
  CHECK(taken() == lines{"alive: yes"});
}
