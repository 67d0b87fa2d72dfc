#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/semaphore/actor.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// What all actors promise in whose lines others wait, shown with a semaphore.

namespace {

using std::chrono::nanoseconds;

/// A semaphore without permits, in a system whose time is virtual.
struct nothing_free : by_hand {
  semaphore_actor places = sys.spawn(semaphore, 0);

  caf::actor waits(const std::string& name) { return ask<bool>(name, places, acquire_atom_v); }

  caf::actor waits_for(nanoseconds limit, const std::string& name) {
    return ask<bool>(name, places, acquire_atom_v, limit);
  }

  void release() { tell(places, release_atom_v, 1); }

  lines taken_and_free() {
    ask<int>("free", places, get_atom_v);
    return taken();
  }
};

} // namespace

// -- time -----------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(nothing_free, "waiting_line: who waits long enough hears so, and not before") {
  waits_for(10s, "10 s");
  sys.advance(10s - 1ns);
  CHECK(taken() == lines{});
  sys.advance(1ns);
  CHECK(taken() == lines{"10 s: no"});
  release();
  CHECK(taken_and_free() == lines{"free: 1"});
}

TEST_CASE_FIXTURE(nothing_free, "waiting_line: who has no time is told at once") {
  waits_for(0s, "0 s");
  waits_for(-1s, "-1 s");
  waits_for(nanoseconds::min(), "long ago");
  CHECK(taken() == lines{"0 s: no", "-1 s: no", "long ago: no"});
  CHECK(alarms() == 0);
}

TEST_CASE_FIXTURE(nothing_free,
                  "waiting_line: limits run out in their order, not in that of arrival") {
  waits_for(5s, "5 s");
  waits_for(1s, "1 s");
  waits("for ever");
  waits_for(3s, "3 s");
  waits_for(5s, "5 s, too");
  std::vector<lines> told; // in each second
  for (int second = 1; second <= 5; ++second) {
    sys.advance(1s);
    told.push_back(taken());
  }
  CHECK(told == std::vector<lines>{{"1 s: no"}, {}, {"3 s: no"}, {}, {"5 s: no", "5 s, too: no"}});
  release();
  CHECK(taken() == lines{"for ever: yes"});
}

TEST_CASE_FIXTURE(nothing_free, "waiting_line: a limit without end does not overflow") {
  waits_for(nanoseconds::max(), "long");
  sys.advance(24h * 365);
  CHECK(taken() == lines{});
  release();
  CHECK(taken() == lines{"long: yes"});
}

TEST_CASE_FIXTURE(nothing_free, "waiting_line: who was answered in time leaves no alarm behind") {
  for (int i = 0; i < 1000; ++i) {
    waits_for(1h, "in time");
    release();
    sys.advance(1ms);
  }
  CHECK(taken() == lines(1000, "in time: yes"));
  CHECK(alarms() <= 1);
  for (int i = 0; i < 10; ++i) { // short ones in front of a long one
    waits_for(2h, "2 h");
    waits_for(1s, "1 s");
    sys.advance(2s);
  }
  CHECK(taken() == lines(10, "1 s: no"));
  CHECK(alarms() <= 2);
}

// -- ends -----------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(nothing_free, "waiting_line: who dies while it waits is passed over") {
  auto first = waits("first");
  auto second = waits_for(1h, "second");
  waits("third");
  end(first);
  end(second);
  release();
  CHECK(taken_and_free() == lines{"third: yes", "free: 0"});
}

TEST_CASE_FIXTURE(nothing_free,
                  "waiting_line: one that waits twice is forgotten after an answer, too") {
  // To be answered once must not end the watch over the one that still waits.
  auto twice = waits("once");
  ask<bool>(twice, "twice", places, acquire_atom_v);
  release();
  CHECK(taken() == lines{"once: yes"});
  end(twice);
  release();
  CHECK(taken_and_free() == lines{"free: 1"});
}

TEST_CASE_FIXTURE(nothing_free, "waiting_line: those who wait hear that the actor has ended") {
  waits("a");
  waits_for(1h, "b");
  end(places);
  CHECK(taken() == lines{"a: request_receiver_down", "b: request_receiver_down"});
}

TEST_CASE_FIXTURE(nothing_free, "waiting_line: a message without a sender does not wait") {
  tell(places, acquire_atom_v);
  tell(places, acquire_atom_v, nanoseconds{1h});
  CHECK(alarms() == 0);
  release();
  CHECK(taken_and_free() == lines{"free: 1"});
}
