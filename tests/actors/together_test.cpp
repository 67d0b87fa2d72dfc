#include <doctest/doctest.h>

#include "all_blocks.hpp" // made by CMake: all headers below actors/
#include "mailroom/mailroom.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

// That this compiles is most of the test: no two blocks use one name, nor does the framework.

TEST_CASE("together: a locked value beside a lock-based block of the same idea") {
  mailroom::locked<int> mine{100};
  lock_based::account theirs{100};
  CHECK(mine.with([](int& balance) { return balance -= 75; }) == 25);
  CHECK(theirs.withdraw(75));
  CHECK(theirs.balance() == mine.snapshot());
}

TEST_CASE("together: actors of several blocks in one system") {
  mailroom::system sys;
  auto place = sys.spawn(semaphore, 1);
  auto forks = sys.spawn(arbiter, 2);
  auto copy = sys.spawn(reservable_copy);
  CHECK(ask<bool>(sys, place, 10s, acquire_atom_v));
  CHECK(ask<lease_id>(sys, forks, 10s, acquire_atom_v, resources{0, 1}) != no_lease);
  ask<done_atom>(sys, copy, 10s, reserve_atom_v);
  ask<void>(sys, place, 10s, release_atom_v, 1);
  ask<void>(sys, forks, 10s, release_atom_v, no_lease); // whose lease ended with the ask
  ask<void>(sys, copy, 10s, release_atom_v);
  CHECK(ask<int>(sys, place, 10s, get_atom_v) == 1);
}
