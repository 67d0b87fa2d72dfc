#include "mailroom/explore/threads.hpp"

#include <mutex>
#include <shared_mutex>

#include <doctest/doctest.h>

#include "explore/scenarios.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/sync/sync.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using explore::replay, explore::schedule_error;
using ending = explore::ending;

namespace {

void racy_counter() {
  sync::shared<int> n{0, "n"};
  auto add = [&] {
    int seen = n;
    sync::pause();
    n = seen + 1;
  };
  {
    sync::thread a{"A", add};
    sync::thread b{"B", add};
  }
  explore::ensure(n == 2, "an update was lost");
}

void opposite_locks() {
  sync::mutex left{"left"};
  sync::mutex right{"right"};
  sync::thread a{"A", [&] { std::scoped_lock first{left}, second{right}; }};
  sync::thread b{"B", [&] { std::scoped_lock first{right}, second{left}; }};
}

} // namespace

TEST_CASE("replay: ABBA loses an update, AABB does not") {
  auto lost = replay(racy_counter, "ABBA");
  CHECK(lost.end == ending::violated);
  CHECK(lost.why == "an update was lost");
  CHECK(replay(racy_counter, "AABB").end == ending::fine);
}

TEST_CASE("replay: the history tells who did what, and what came of it") {
  auto run = replay(racy_counter, "ABBA");
  std::string told;
  for (auto& step : run.history)
    told += step.who + " " + to_string(step) + "; ";
  CHECK(told == "A read n = 0; B read n = 0; B write n 1; A write n 1; main read n = 1; ");
}

TEST_CASE("replay: the same code runs on real threads"
          * doctest::skip(test::under_thread_sanitizer)) { // which reports the race, rightly
  try {
    racy_counter();
  } catch (const explore::violated&) {
    // Which of the two happens is luck here.
  }
}

TEST_CASE("replay: opposite lock order deadlocks, and it is said who waits for what") {
  auto run = replay(opposite_locks, "AB");
  CHECK(run.end == ending::deadlock);
  CHECK(run.why == "A waits to lock right; B waits to lock left");
  CHECK(replay(opposite_locks, "AAAA").end == ending::fine);
}

TEST_CASE("replay: what is to be replayed is found by an exploration") {
  auto r = explore::threads(opposite_locks);
  CHECK(r.schedules == 6);
  CHECK(r.bad() == 2);
  CHECK(r.complete); // there are no others
  CHECK(r.simplest.replay == "AB");
  CHECK(r.simplest.why == "A waits to lock right; B waits to lock left");
}

TEST_CASE("replay: a signal before the wait is lost") {
  auto run = replay(scenarios::signal_too_early, "ABBAA");
  CHECK(run.end == ending::lost_wakeup);
  CHECK(run.why == "A waits to wake signal");
  CHECK(replay(scenarios::signal_too_early, "BBA").end == ending::fine);
}

TEST_CASE("replay: a schedule that does not fit is refused at the step where it does not fit") {
  auto message = [](std::string_view schedule) -> std::string {
    try {
      replay(opposite_locks, schedule);
    } catch (const schedule_error& e) {
      return e.what();
    }
    return "accepted";
  };
  CHECK(message("A?") == "step 2 of 'A?' does not fit: only A, B can move there");
  CHECK(message("AC") == "step 2 of 'AC' does not fit: only A, B can move there");
  CHECK(message("ABA") == "step 3 of 'ABA' does not fit: the run is over");
  CHECK(message("AABB") == "step 3 of 'AABB' does not fit: only A can move there");
  CHECK(message("AAAABBBB") == "accepted");
}

TEST_CASE("replay: when the schedule is used up, the last thread goes on while it can") {
  CHECK(replay(racy_counter, "").end == ending::fine);
  CHECK(replay(racy_counter, "AB").end == ending::violated);
}

TEST_CASE("replay: an exception is an ending of its own") {
  auto run = replay([] { throw std::runtime_error("out of paper"); }, "");
  CHECK(run.end == ending::threw);
  CHECK(run.why == "out of paper");
}

TEST_CASE("replay: every primitive is a scheduling point and keeps its meaning") {
  // Two permits and three cars: the third cannot enter before one has left.
  auto parking = [] {
    sync::counting_semaphore places{2, "places"};
    auto car = [&] {
      places.acquire();
      places.release();
    };
    sync::thread a{"A", car}, b{"B", car}, c{"C", car};
  };
  CHECK(replay(parking, "ABACCB").end == ending::fine);
  CHECK_THROWS_AS(replay(parking, "ABC"), schedule_error);

  auto traffic_light = [] {
    sync::event green{"green"};
    sync::thread car{"car", [&] { green.wait(); }};
    sync::thread clock{"clock", [&] { green.set(); }};
  };
  CHECK_THROWS_AS(replay(traffic_light, "A"), schedule_error);
  CHECK(replay(traffic_light, "BA").end == ending::fine);

  auto meeting = [] {
    sync::barrier table{2, "table"};
    auto guest = [&] {
      table.arrive_and_wait();
      table.arrive_and_wait();
    };
    sync::thread a{"A", guest}, b{"B", guest};
  };
  CHECK_THROWS_AS(replay(meeting, "AA"), schedule_error);
  CHECK(replay(meeting, "ABAABB").end == ending::fine);

  auto start = [] {
    sync::latch gate{1, "gate"};
    sync::thread runner{"runner", [&] { gate.wait(); }};
    sync::thread starter{"starter", [&] { gate.count_down(); }};
  };
  CHECK_THROWS_AS(replay(start, "A"), schedule_error);
  CHECK(replay(start, "BA").end == ending::fine);

  auto library = [] {
    sync::shared_mutex book{"book"};
    auto read = [&] { std::shared_lock lock{book}; };
    sync::thread a{"A", read}, b{"B", read};
    sync::thread c{"C", [&] { std::unique_lock lock{book}; }};
  };
  CHECK(replay(library, "ABABCC").end == ending::fine);
  CHECK_THROWS_AS(replay(library, "AC"), schedule_error);

  auto nested = [] {
    sync::recursive_mutex mutex{"mutex"};
    sync::thread a{"A", [&] { std::scoped_lock outer{mutex}, inner{mutex}; }};
    sync::thread b{"B", [&] { std::scoped_lock lock{mutex}; }};
  };
  CHECK(replay(nested, "AAAABB").end == ending::fine);
  CHECK_THROWS_AS(replay(nested, "AAAB"), schedule_error);

  auto indivisible = [] {
    sync::atomic<int> n{0, "n"};
    {
      auto add = [&] { n.fetch_add(1); };
      sync::thread a{"A", add}, b{"B", add};
    }
    explore::ensure(n.load() == 2, "an update was lost");
  };
  CHECK(replay(indivisible, "AB").end == ending::fine);
  CHECK(replay(indivisible, "BA").end == ending::fine);
}

TEST_CASE("replay: which of two waiters is woken is the schedule's choice") {
  auto two_wait = [] {
    sync::mutex mutex{"mutex"};
    sync::condition_variable signal{"signal"};
    auto wait = [&] {
      std::unique_lock lock{mutex};
      signal.wait(lock);
    };
    sync::thread a{"A", wait}, b{"B", wait};
    sync::thread c{"C", [&] { signal.notify_one(); }};
  };
  // A and B lock and wait; C notifies one; the other one waits for ever.
  auto first = replay(two_wait, "AABBC");
  CHECK(first.end == ending::deadlock);
  CHECK(first.why == "B waits to wake signal");
  CHECK(replay(two_wait, "AABBC1").why == "A waits to wake signal");
}

TEST_CASE("replay: steps of main that nobody competes with are not written, the others are") {
  auto scenario = [] {
    sync::shared<int> n{0, "n"};
    static_cast<void>(n.load()); // alone
    bool late = false;
    {
      sync::thread a{"A", [&] { late = n == 1; }};
      n = 1; // in competition with A
    }
    explore::ensure(!late, "A was late");
  };
  CHECK(replay(scenario, "mA").end == ending::violated);
  CHECK(replay(scenario, "A").end == ending::fine);
  CHECK(explore::threads(scenario).simplest.replay == "mA");
}
