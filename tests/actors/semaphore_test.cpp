#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/semaphore/actor.hpp"
#include "actors/semaphore/locked.hpp"
#include "actors/semaphore/racy.hpp"
#include "mailroom/explore/ensure.hpp"
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

/// One place is left, two cars see that it is free.
template <class Semaphore>
void one_place_two_cars() {
  Semaphore places{1};
  bool first = false;
  bool second = false;
  {
    sync::thread a{"A", [&] { first = places.try_acquire(); }};
    sync::thread b{"B", [&] { second = places.try_acquire(); }};
  }
  explore::ensure(first != second, "not exactly one car has the place");
}

/// Two places, three cars; each leaves in the end.
void two_places_three_cars() {
  lock_based::semaphore places{2};
  sync::atomic<int> parked{0, "parked"};
  auto park = [&] {
    places.acquire();
    explore::ensure(parked.fetch_add(1) < 2, "three cars in two places");
    parked.fetch_sub(1);
    places.release();
  };
  {
    sync::thread a{"A", park};
    sync::thread b{"B", park};
    sync::thread c{"C", park};
  }
  explore::ensure(places.value() == 2, "a place is gone");
}

/// The actor, with the members of the lock version, for threads.
class by_message {
public:
  explicit by_message(int permits) : actor_(sys_.spawn(semaphore, permits)) {}

  void acquire() { ask<bool>(sys_, actor_, 30s, acquire_atom_v); }
  bool try_acquire() { return ask<bool>(sys_, actor_, 30s, try_atom_v); }
  bool try_acquire_for(nanoseconds t) { return ask<bool>(sys_, actor_, 30s, acquire_atom_v, t); }
  void release(int n = 1) { ask<void>(sys_, actor_, 30s, release_atom_v, n); }
  int value() { return ask<int>(sys_, actor_, 30s, get_atom_v); }

private:
  mailroom::system sys_;
  semaphore_actor actor_;
};

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("semaphore.racy: both look before one takes, and two cars have one place") {
  auto run = explore::replay(one_place_two_cars<racy::semaphore>, "ABAABB");
  CHECK(run.end == ending::violated);
  CHECK(run.why == "not exactly one car has the place");
}

TEST_CASE_FIXTURE(by_hand,
                  "semaphore.actor: permits of one who dies are gone, like those of a thread") {
  auto places = sys.spawn(semaphore, 1);
  auto first = ask<bool>("first", places, acquire_atom_v);
  ask<bool>("second", places, acquire_atom_v);
  end(first);
  CHECK(taken() == lines{"first: yes"});
}

// -- one suite for both ---------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("semaphore: never more inside than permits, and all get in", Semaphore,
                   lock_based::semaphore, by_message) {
  for (auto [permits, cars] : {std::pair{2, 3}, {1, 7}, {3, 7}}) {
    constexpr int rounds = 50;
    Semaphore places{permits};
    sync::atomic<int> parked{0};
    sync::atomic<int> most{0};
    sync::atomic<int> visits{0};
    {
      std::vector<sync::thread> threads;
      for (int i = 0; i < cars; ++i)
        threads.emplace_back("car", [&] {
          for (int n = 0; n < rounds; ++n) {
            places.acquire();
            int now = parked.fetch_add(1) + 1;
            for (int seen = most.load(); now > seen && !most.compare_exchange(seen, now);) {
            }
            sync::pause();
            parked.fetch_sub(1);
            visits.fetch_add(1);
            places.release();
          }
        });
    }
    CHECK(most.load() >= 1);
    CHECK(most.load() <= permits);
    CHECK(visits.load() == cars * rounds);
    CHECK(places.value() == permits);
  }
}

TEST_CASE_TEMPLATE("semaphore: tells at once, or in time, that there is no permit", Semaphore,
                   lock_based::semaphore, by_message) {
  Semaphore places{2};
  CHECK(places.try_acquire());
  CHECK(places.try_acquire_for(30s));
  CHECK(places.value() == 0);
  CHECK_FALSE(places.try_acquire());
  CHECK_FALSE(places.try_acquire_for(0ns));
  CHECK_FALSE(places.try_acquire_for(-1s));
  CHECK_FALSE(places.try_acquire_for(1us));
  places.release(3); // nobody counts who has them
  CHECK(places.value() == 3);
  places.release(0);
  CHECK(places.try_acquire_for(1us));
  CHECK(places.value() == 2);
}

TEST_CASE_TEMPLATE("semaphore: several permits at once let as many in", Semaphore,
                   lock_based::semaphore, by_message) {
  Semaphore places{0};
  sync::atomic<int> inside{0};
  {
    std::vector<sync::thread> cars;
    for (int i = 0; i < 3; ++i)
      cars.emplace_back("car", [&, i] {
        if (i == 0)
          CHECK(places.try_acquire_for(30s));
        else
          places.acquire();
        inside.fetch_add(1);
      });
    places.release(3);
  }
  CHECK(inside.load() == 3);
  CHECK(places.value() == 0);
}

TEST_CASE("semaphore.locked: the schedules that break the racy one have no place to happen") {
  for (auto schedule : {"AABB", "BBAA"})
    CHECK(explore::replay(one_place_two_cars<lock_based::semaphore>, schedule).end == ending::fine);
  CHECK_THROWS_AS(explore::replay(one_place_two_cars<lock_based::semaphore>, "AB"),
                  explore::schedule_error);
}

TEST_CASE("semaphore.locked: the third car waits for one of the first two") {
  // A and B take their permits, C begins to wait, then B leaves, then A; who is woken comes last.
  auto run = explore::replay(two_places_three_cars, "AABBCCBBBBBAAAAA");
  CHECK(run.end == ending::fine);
  CHECK(run.why == "");
}

TEST_CASE("semaphore.locked: several permits at once wake as many") {
  auto scenario = [] {
    lock_based::semaphore places{0};
    sync::thread a{"A", [&] { places.acquire(); }};
    sync::thread b{"B", [&] { places.acquire(); }};
    sync::thread bus{"bus", [&] { places.release(2); }};
  };
  auto run = explore::replay(scenario, "AABBCCC"); // both wait, then the bus goes
  CHECK(run.end == ending::fine);
  CHECK(run.why == "");
}

TEST_CASE("semaphore.locked: refuses what cannot be") {
  CHECK_THROWS_AS(lock_based::semaphore{-1}, std::invalid_argument);
  lock_based::semaphore places{1};
  CHECK_THROWS_AS(places.release(-1), std::invalid_argument);
  CHECK_THROWS_AS(places.release(std::numeric_limits<int>::max()), std::invalid_argument);
  CHECK(places.value() == 1);
}

// -- the actor ------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "semaphore.actor: refuses what cannot be") {
  CHECK(why_ended(sys.spawn(semaphore, -1)) == "invalid_argument");
  auto places = sys.spawn(semaphore, 1);
  ask<void>("less than none", places, release_atom_v, -1);
  ask<void>("too many", places, release_atom_v, std::numeric_limits<int>::max());
  ask<int>("free", places, get_atom_v);
  CHECK(taken()
        == lines{"less than none: invalid_argument", "too many: invalid_argument", "free: 1"});
}

TEST_CASE_FIXTURE(by_hand, "semaphore.actor: first come, first served, with and without a limit") {
  auto places = sys.spawn(semaphore, 0);
  ask<bool>("1", places, acquire_atom_v);
  ask<bool>("2", places, acquire_atom_v, nanoseconds{1s});
  ask<bool>("3", places, acquire_atom_v);
  ask<bool>("4", places, acquire_atom_v, nanoseconds{1s});
  CHECK(taken() == lines{});
  for (auto name : {"1", "2", "3", "4"}) {
    tell(places, release_atom_v, 1);
    CHECK(taken() == lines{name + std::string(": yes")});
  }
}
