#include "mailroom/explore/threads.hpp"

#include <sstream>

#include <doctest/doctest.h>

#include "explore/scenarios.hpp"

using namespace mailroom;
using namespace mailroom::explore;
using namespace mailroom::scenarios;

TEST_CASE("livelocks: two polite robots step aside for each other for ever") {
  auto r = livelocks(polite_robots);
  CHECK(r.complete);
  CHECK(r.states == 89);
  REQUIRE(r.findings.size() == 1);
  CHECK(r.simplest.end == ending::livelock);
  CHECK(r.simplest.replay == "(AAABBAABBAABBABB)*");
  CHECK(r.simplest.back_to == 1);
  CHECK(r.simplest.history.size() == 16);
}

TEST_CASE("livelocks: two that try a lock and back off") {
  auto r = livelocks(back_off);
  CHECK(r.states == 28);
  CHECK(r.simplest.replay == "(ABABAB)*");
}

TEST_CASE("livelocks: the circle is replayed, lap after lap") {
  auto run = replay(back_off, "(ABABAB)*");
  CHECK(run.end == ending::livelock);
  CHECK(run.history.size() == 6);
  CHECK_THROWS_WITH_AS(replay(back_off, "(ABAB)*"), doctest::Contains("does not close"),
                       schedule_error);
  CHECK_THROWS_WITH_AS(replay(back_off, "AB(A"), doctest::Contains("does not end in )*"),
                       schedule_error);
  CHECK_THROWS_AS(replay(back_off, "()*"), schedule_error);
  CHECK_THROWS_AS(replay(back_off, "(AAAA)*"), schedule_error); // A has both locks by then
}

TEST_CASE("livelocks: a circle in which somebody gets on is none") {
  auto r = livelocks([] {
    sync::shared<int> turn{0, "turn"};
    auto serve = [&](int me) {
      for (;;) {
        if (turn == me) {
          turn = 1 - me;
          sync::progress();
        }
      }
    };
    sync::thread a{"A", [&] { serve(0); }}, b{"B", [&] { serve(1); }};
  });
  CHECK(r.complete);
  CHECK(r.findings.empty());
}

TEST_CASE("livelocks: a circle in which one of them is kept from moving is not fair") {
  // A looks until B has written: B can always move.
  auto r = livelocks([] {
    sync::shared<int> flag{0, "flag"};
    sync::thread a{"A", [&] {
                     while (flag == 0) {
                     }
                   }};
    sync::thread b{"B", [&] { flag = 1; }};
  });
  CHECK(r.complete);
  CHECK(r.findings.empty());
}

TEST_CASE("livelocks: one that waits for what never comes, and looks all the time") {
  auto r = livelocks([] {
    sync::shared<int> flag{0, "flag"};
    sync::thread a{"A", [&] {
                     while (flag == 0) {
                     }
                   }};
  });
  REQUIRE(r.findings.size() == 1);
  CHECK(r.simplest.replay == "(A)*");
}

TEST_CASE("livelocks: a loop that only counts by itself looks like a circle, and is refuted") {
  static int times = 50; // which the compiler does not know
  auto r = livelocks([] {
    sync::shared<int> x{0, "x"};
    auto look = [&] {
      for (int i = 0; i < times; ++i)
        static_cast<void>(x.load());
    };
    sync::thread a{"A", look};
  });
  CHECK(r.findings.empty());
  CHECK(r.bounds.find("did not close when driven") != std::string::npos);
}

TEST_CASE("livelocks: deadlocks and broken invariants are found on the way") {
  auto deadlock = livelocks(two_locks(false));
  REQUIRE(deadlock.findings.size() == 1);
  CHECK(deadlock.simplest.end == ending::deadlock);
  CHECK(deadlock.simplest.replay == "AB");
  auto lost = livelocks(racy_counter(2, 1));
  REQUIRE(lost.findings.size() == 1);
  CHECK(lost.simplest.why == "an update was lost");
  CHECK(replay(racy_counter(2, 1), lost.simplest.replay).end == ending::violated);
}

TEST_CASE("livelocks: a bound of states is said") {
  auto r = livelocks(polite_robots, {.max_states = 10});
  CHECK_FALSE(r.complete);
  CHECK(r.bounds.starts_with("stopped after"));
}

TEST_CASE("livelocks: the report shows one lap") {
  std::ostringstream out;
  livelocks(back_off).print(out);
  CHECK(out.str()
        == "28 states: 1 trap\n"
           "  1 x livelock: nobody gets on, however often they go round\n"
           "simplest: (ABABAB)*\n"
           "step  A                    B\n"
           "   1  lock left\n"
           "   2                       lock right\n"
           "   3  try_lock right busy\n"
           "   4                       try_lock left busy\n"
           "   5  unlock left\n"
           "   6                       unlock right\n"
           "      and again from step 1\n"
           "      => livelock: nobody gets on, however often they go round\n");
}
