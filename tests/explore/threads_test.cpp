#include "mailroom/explore/threads.hpp"

#include <cmath>
#include <sstream>

#include <doctest/doctest.h>

#include "explore/scenarios.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace mailroom::explore;
using namespace mailroom::scenarios;

namespace {

/// Counts without regard to time: sanitizers take theirs.
result counted(const std::function<void()>& scenario, strategy how = strategy::all) {
  return threads(scenario,
                 {.strategy = how, .max_schedules = 200'000, .max_time = std::chrono::hours{1}});
}

struct row {
  std::uint64_t schedules;
  std::uint64_t bad;
  friend bool operator==(const row&, const row&) = default;
  friend std::ostream& operator<<(std::ostream& out, const row& r) {
    return out << r.bad << " of " << r.schedules;
  }
};

row count(const std::function<void()>& scenario, strategy how = strategy::all) {
  auto r = counted(scenario, how);
  CHECK(r.complete);
  CHECK(r.bounds.empty());
  return {r.schedules, r.bad()};
}

row asleep(const std::function<void()>& scenario) {
  return count(scenario, strategy::sleep_sets);
}

} // namespace

// -- the table of counts ------------------------------------------------------------------------

TEST_CASE("explore: a racy counter, by the binomial coefficients") {
  CHECK(count(racy_counter(2, 1)) == row{6, 4});
  CHECK(count(racy_counter(2, 2)) == row{70, 64});
  CHECK(count(racy_counter(3, 1)) == row{90, 84});
  CHECK(count(racy_counter(4, 1)) == row{2520, 2496});
  CHECK(asleep(racy_counter(2, 1)) == row{4, 2});
}

TEST_CASE("explore: a racy counter, three threads that add twice") {
  CHECK(count(racy_counter(3, 2)) == row{34650, 34560});
}

TEST_CASE("explore: a locked counter has one schedule for each order of its threads") {
  CHECK(count(locked_counter(2)) == row{2, 0});
  CHECK(count(locked_counter(3)) == row{6, 0});
}

TEST_CASE("explore: locked step by step, an account is overdrawn") {
  CHECK(count(step_locked_account) == row{6, 4});
}

TEST_CASE("explore: opposite order of locks") {
  CHECK(count(two_locks(false)) == row{6, 2});
  CHECK(count(two_locks(true)) == row{2, 0});
  CHECK(asleep(two_locks(false)) == row{3, 1});
}

TEST_CASE("explore: dining philosophers") {
  CHECK(count(philosophers(3)) == row{168, 6});
  CHECK(asleep(philosophers(3)) == row{7, 1});
  CHECK(asleep(philosophers(4)) == row{15, 1});
}

TEST_CASE("explore: four philosophers starve in few schedules, and often"
          * doctest::skip(test::sanitized)) { // for which there are too many
  CHECK(count(philosophers(4)) == row{98'184, 24});
  auto r = threads(philosophers(4), {.strategy = strategy::random, .max_schedules = 1000});
  CHECK(r.bad() > r.schedules / 10);
}

TEST_CASE("explore: a condition waited for with if, and with while") {
  CHECK(count(takers(false)) == row{30, 6});
  CHECK(count(takers(true)) == row{30, 0});
}

TEST_CASE("explore: a signal between look and wait") {
  CHECK(count(signal_too_early) == row{8, 3});
}

TEST_CASE("explore: a buffer of semaphores") {
  CHECK(count(semaphore_buffer(false)) == row{21, 0});
  CHECK(asleep(semaphore_buffer(false)) == row{1, 0});
  CHECK(count(semaphore_buffer(true)) == row{24, 3});
}

TEST_CASE("explore: two producers, two consumers, one condition") {
  CHECK(count(one_condition(false)) == row{80, 8});
  CHECK(count(one_condition(true)).bad == 0);
}

TEST_CASE("explore: two permits for three threads") {
  CHECK(asleep(parking_lot) == row{510, 0});
}

TEST_CASE("explore: an event is waited for in one schedule only") {
  auto r = count([] {
    sync::event ready{"ready"};
    sync::shared<int> x{0, "x"};
    sync::thread a{"A", [&] {
                     x = 42;
                     ready.set();
                   }};
    sync::thread b{"B", [&] {
                     ready.wait();
                     ensure(x == 42, "read too early");
                   }};
  });
  CHECK(r == row{1, 0});
}

// -- verdicts -----------------------------------------------------------------------------------

TEST_CASE("explore: the simplest failing schedule has the fewest preemptions, then steps") {
  auto r = threads(racy_counter(2, 1));
  CHECK(r.simplest.replay == "ABBA");
  CHECK(r.simplest.preemptions == 1);
  CHECK(r.simplest.end == ending::violated);
  CHECK(r.simplest.why == "an update was lost");
  CHECK(r.simplest.history.size() == 5); // main looks at the end
  CHECK(threads(two_locks(false)).simplest.replay == "AB");
}

TEST_CASE("explore: the simplest schedule of each finding ends the same when it is replayed") {
  auto check = [](const std::function<void()>& scenario) {
    auto r = threads(scenario);
    REQUIRE_FALSE(r.findings.empty());
    for (auto& f : r.findings) {
      auto again = replay(scenario, f.simplest.replay);
      CHECK(again.end == f.end);
      CHECK(again.why == f.why);
    }
  };
  check(racy_counter(3, 1));
  check(philosophers(3));
  check(takers(false));
  check(signal_too_early);
  check(one_condition(false));
  check(semaphore_buffer(true));
}

TEST_CASE("explore: a deadlock is told with who waits for what") {
  auto r = threads(two_locks(false));
  REQUIRE(r.findings.size() == 1);
  CHECK(r.findings[0].end == ending::deadlock);
  CHECK(r.findings[0].schedules == 2);
  CHECK(r.findings[0].why == "cut waits to lock clipboard; paste waits to lock document");
}

TEST_CASE("explore: a lost wake-up is a deadlock that one more signal would have ended") {
  CHECK(threads(signal_too_early).simplest.end == ending::lost_wakeup);
  CHECK(threads(one_condition(false)).simplest.end == ending::deadlock); // the wrong one was woken

  // Somebody has signalled when nobody waited, but what is waited for is not there.
  auto r = threads([] {
    sync::mutex mutex{"mutex"};
    sync::condition_variable changed{"changed"};
    int items = 0;
    sync::thread a{"A", [&] { changed.notify_one(); }};
    sync::thread b{"B", [&] {
                     std::unique_lock lock{mutex};
                     changed.wait(lock, [&] { return items > 0; });
                   }};
  });
  CHECK(r.bad() == r.schedules);
  for (auto& f : r.findings)
    CHECK(f.end == ending::deadlock);
}

TEST_CASE("explore: a thread that waits for itself is a deadlock") {
  auto r = threads([] {
    sync::mutex mutex{"mutex"};
    std::lock_guard once{mutex};
    std::lock_guard twice{mutex};
  });
  CHECK(r.simplest.end == ending::deadlock);
  CHECK(r.simplest.why == "main waits to lock mutex");
}

TEST_CASE("explore: what is thrown is an ending of its own, by what it says") {
  auto r = threads([] {
    sync::shared<int> n{0, "n"};
    sync::thread a{"A", [&] { n = 1; }};
    sync::thread b{"B", [&] {
                     if (n == 1)
                       throw std::runtime_error("one");
                     throw std::runtime_error("not one");
                   }};
  });
  REQUIRE(r.findings.size() == 2);
  CHECK(r.findings[0].end == ending::threw);
  CHECK(r.findings[1].end == ending::threw);
  CHECK(r.findings[0].why != r.findings[1].why);
}

TEST_CASE("explore: a state that nobody should see is seen in one of three schedules") {
  auto r = threads([] {
    sync::shared<int> x{0, "x"};
    sync::thread a{"A", [&] {
                     x = 1;
                     x = 2;
                   }};
    sync::thread b{"B", [&] { ensure(x != 1, "half done"); }};
  });
  CHECK(row{r.schedules, r.bad()} == row{3, 1});
}

TEST_CASE("explore: a wait may end for no reason, if that is asked for") {
  auto wait_for = [](bool with_while) {
    return [=] {
      sync::mutex mutex{"mutex"};
      sync::condition_variable changed{"changed"};
      int items = 0;
      sync::thread a{"A", [&] {
                       std::unique_lock lock{mutex};
                       if (with_while)
                         changed.wait(lock, [&] { return items > 0; });
                       else if (items == 0)
                         changed.wait(lock);
                       ensure(items > 0, "took what was not there");
                     }};
      sync::thread b{"B", [&] {
                       std::lock_guard lock{mutex};
                       ++items;
                       changed.notify_one();
                     }};
    };
  };
  CHECK(threads(wait_for(false)).bad() == 0);
  CHECK(threads(wait_for(true), {.spurious_wakeups = true}).bad() == 0);
  auto r = threads(wait_for(false), {.spurious_wakeups = true});
  CHECK(r.bad() > 0);
  CHECK(r.simplest.replay == "AAA1A");
  CHECK(replay(wait_for(false), "AAA1A", {.spurious_wakeups = true}).end == ending::violated);
}

// -- bounds -------------------------------------------------------------------------------------

TEST_CASE("explore: a bound of preemptions") {
  auto bounded = [](const std::function<void()>& scenario, int most) {
    auto r = threads(scenario, {.strategy = strategy::preemptions,
                                .max_preemptions = most,
                                .max_time = std::chrono::hours{1}});
    CHECK_FALSE(r.complete);
    CHECK(r.bounds == "at most " + std::to_string(most) + " preemptions");
    return r.schedules;
  };
  CHECK(bounded(racy_counter(3, 2), 1) == 60);
  CHECK(bounded(racy_counter(3, 2), 2) == 402);
  CHECK(bounded(racy_counter(3, 2), 3) == 1752);
  CHECK(bounded(philosophers(4), 1) == 512);
}

TEST_CASE("explore: what does not fit its bounds is tried in other ways, and that is said") {
  options o{.max_schedules = 1000, .max_time = std::chrono::hours{1}};
  auto all = threads(racy_counter(3, 1), o);
  CHECK(all.how == strategy::all);
  CHECK(all.complete);
  auto reduced = threads(philosophers(4), o);
  CHECK(reduced.how == strategy::sleep_sets);
  CHECK(reduced.complete);
  CHECK(reduced.bad() == 1);
  auto bounded = threads(racy_counter(3, 2), o);
  CHECK(bounded.how == strategy::preemptions);
  CHECK(bounded.schedules == 402);
  CHECK_FALSE(bounded.complete);
  o.max_schedules = 100;
  auto by_chance = threads(racy_counter(3, 2), o);
  CHECK(by_chance.how == strategy::random);
  CHECK(by_chance.schedules == 100);
  CHECK_FALSE(by_chance.complete);
  CHECK(by_chance.bounds == "chance, seed 1");
}

TEST_CASE("explore: chance is repeatable by its seed, and its finding by its string") {
  options o{.strategy = strategy::random, .max_schedules = 50, .seed = 17};
  auto once = threads(racy_counter(3, 2), o);
  auto again = threads(racy_counter(3, 2), o);
  CHECK(once.bad() == again.bad());
  CHECK(once.simplest.replay == again.simplest.replay);
  CHECK(replay(racy_counter(3, 2), once.simplest.replay).end == ending::violated);
}

TEST_CASE("explore: a schedule that is too long is cut and counted, not called good") {
  auto r = threads(racy_counter(2, 2), {.max_steps = 7});
  CHECK_FALSE(r.complete);
  CHECK(r.cut == r.schedules);
  CHECK(r.bad() == 0);
  std::ostringstream out;
  r.print(out);
  CHECK(out.str().find("none of these fails") != std::string::npos);
  CHECK(out.str().find("cut after 7 steps") != std::string::npos);
}

TEST_CASE("explore: each schedule can be watched") {
  int lost = 0;
  int fine = 0;
  options o;
  o.after_each = [&](ending e) { ++(e == ending::fine ? fine : lost); };
  threads(racy_counter(2, 1), o);
  CHECK(lost == 4);
  CHECK(fine == 2);
}

TEST_CASE("explore: the report tells the counts, the reason, and the simplest schedule") {
  std::ostringstream out;
  threads(racy_counter(2, 1)).print(out);
  CHECK(out.str()
        == "6 schedules: 4 fail\n"
           "  4 x violated: an update was lost\n"
           "simplest: ABBA\n"
           "step  main        A           B\n"
           "   1              read n = 0\n"
           "   2                          read n = 0\n"
           "   3                          write n 1\n"
           "   4              write n 1\n"
           "   5  read n = 1\n"
           "      => violated: an update was lost\n");
  out.str("");
  threads(locked_counter(2)).print(out);
  CHECK(out.str() == "2 schedules: none fails, and there are no others\n");
}
