#include "mailroom/messaging/timers.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

/// A system in which time passes when told to.
class by_hand {
public:
  mailroom::system sys{{.scheduler = scheduling::manual}};
  std::vector<std::string> log;

  auto note(std::string what) {
    return [this, what] { log.push_back(what); };
  }
  std::vector<std::string> taken() { return std::exchange(log, {}); }

  auto now() { return sys.caf().clock().now(); }

  /// Lets whoever runs now take this long.
  void take(std::chrono::nanoseconds time) {
    dynamic_cast<caf::detail::test_actor_clock&>(sys.caf().clock()).current_time += time;
  }
};

using lines = std::vector<std::string>;

} // namespace

// -- when -----------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "timers: after calls once, when the time has come and not before") {
  timers t{sys};
  auto egg = t.after(3min, note("egg"));
  CHECK(egg.pending());
  CHECK(t.size() == 1);
  sys.advance(3min - 1ns);
  CHECK(taken() == lines{});
  sys.advance(1ns);
  CHECK(taken() == lines{"egg"});
  CHECK_FALSE(egg.pending());
  CHECK(t.size() == 0);
  sys.advance(1h);
  CHECK(taken() == lines{});
}

TEST_CASE_FIXTURE(by_hand, "timers: without a delay, as soon as possible") {
  timers t{sys};
  t.after(0s, note("now"));
  t.after(-1h, note("yesterday"));
  t.after(std::chrono::duration<double>(-1e300), note("long ago"));
  CHECK(taken() == lines{});
  sys.run_all();
  CHECK(taken() == lines{"now", "yesterday", "long ago"});
}

TEST_CASE_FIXTURE(by_hand,
                  "timers: in the order of their times, whatever the order they were set") {
  timers t{sys};
  t.after(3s, note("3"));
  t.after(1s, note("1"));
  sys.run_all(); // now the actor sleeps for a second
  t.after(500ms, note("0.5"));
  t.after(2s, note("2"));
  t.after(2s, note("2, too"));
  sys.advance(1h);
  CHECK(taken() == lines{"0.5", "1", "2", "2, too", "3"});
}

TEST_CASE_FIXTURE(by_hand, "timers: a time too far away to count does not come, nor cause harm") {
  timers t{sys};
  auto far = t.after(std::chrono::hours::max(), note("never"));
  t.after(std::chrono::nanoseconds::max(), note("never"));
  t.after(std::chrono::duration<double>(1e300), note("never"));
  t.every(std::chrono::years(1'000'000), note("never"));
  t.after(24h * 365, note("a year"));
  sys.advance(24h * 366);
  CHECK(taken() == lines{"a year"});
  CHECK(t.size() == 4);
  CHECK(far.cancel());
}

TEST_CASE_FIXTURE(by_hand, "timers: at calls at a time of the day") {
  timers t{sys};
  t.at(std::chrono::system_clock::now() + 1h, note("in an hour"));
  t.at(std::chrono::system_clock::now() - 1h, note("an hour ago"));
  t.at(std::chrono::system_clock::time_point::min(), note("before all"));
  sys.run_all();
  CHECK(taken() == lines{"an hour ago", "before all"});
  sys.advance(50min); // setting it has taken some time, but not that long
  CHECK(taken() == lines{});
  sys.advance(10min);
  CHECK(taken() == lines{"in an hour"});
}

// -- every ------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "timers: every calls at a fixed rate until it is cancelled") {
  timers t{sys};
  std::vector<std::chrono::nanoseconds> times;
  auto begin = now();
  auto tick = t.every(10s, [&] {
    times.push_back(now() - begin);
    take(3s); // does not shift what follows
  });
  sys.advance(35s);
  CHECK(times == std::vector<std::chrono::nanoseconds>{10s, 20s, 30s});
  CHECK(tick.pending());
  CHECK(tick.cancel());
  CHECK_FALSE(tick.pending());
  sys.advance(1h);
  CHECK(times.size() == 3);
}

TEST_CASE_FIXTURE(by_hand, "timers: late ticks are left out and keep to the grid") {
  timers t{sys};
  std::vector<std::chrono::nanoseconds> times;
  std::vector<std::chrono::nanoseconds> takes{25s, 0s, 30s, 0s, 0s};
  auto begin = now();
  t.every(10s, [&] {
    times.push_back(now() - begin);
    take(takes.at(times.size() - 1));
  });
  sys.advance(10s);
  sys.advance(60s); // it was 35s already
  // 20s and 30s are over when the first call ends; 50s and 60s when the third one does, and 70s is
  // right then.
  CHECK(times == std::vector<std::chrono::nanoseconds>{10s, 40s, 50s, 80s, 90s});
}

TEST_CASE_FIXTURE(by_hand, "timers: ticks that are late because of others do not come in a burst") {
  timers t{sys};
  t.every(1s, note("tick"));
  t.after(500ms, [this] { take(4s); });
  sys.advance(500ms); // it is 4.5s
  CHECK(taken() == lines{"tick"});
  sys.advance(500ms);
  CHECK(taken() == lines{"tick"});
}

TEST_CASE_FIXTURE(by_hand, "timers: a period that is not positive is an argument error") {
  timers t{sys};
  for (auto period : {0ns, -1ns, std::chrono::nanoseconds::min()})
    CHECK_THROWS_WITH_AS(t.every(period, [] {}), "the period of a timer must be greater than 0",
                         std::invalid_argument);
  CHECK(t.size() == 0);
}

// -- cancelling ---------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "timers: what is cancelled is not called, and gone at once") {
  timers t{sys};
  auto load = std::make_shared<int>(1);
  auto one = t.after(1s, [load] { FAIL("called"); });
  auto two = t.every(1s, [load] { FAIL("called"); });
  CHECK(load.use_count() == 3);
  CHECK(one.cancel());
  CHECK(load.use_count() == 2);
  CHECK_FALSE(one.pending());
  CHECK_FALSE(one.cancel()); // only once
  timer copy;
  copy = two;
  CHECK(copy.cancel());
  CHECK_FALSE(two.cancel());
  CHECK(load.use_count() == 1);
  CHECK(t.size() == 0);
  sys.advance(1h);
}

TEST_CASE_FIXTURE(by_hand, "timers: a handle of nothing has nothing to cancel") {
  timer none;
  CHECK_FALSE(none.pending());
  CHECK_FALSE(none.cancel());
}

TEST_CASE_FIXTURE(by_hand, "timers: too late to cancel what has been called") {
  timers t{sys};
  auto load = std::make_shared<int>(1);
  auto once = t.after(1s, [load] {});
  sys.advance(1s);
  CHECK_FALSE(once.cancel());
  CHECK(load.use_count() == 1);
}

TEST_CASE_FIXTURE(by_hand, "timers: callbacks cancel, and set others") {
  timers t{sys};
  timer tick;
  int ticks = 0;
  std::vector<bool> cancelled;
  tick = t.every(1s, [&] {
    if (++ticks == 3) {
      cancelled.push_back(tick.cancel());
      cancelled.push_back(tick.cancel());
      CHECK(tick.pending()); // it runs now
    }
  });
  timer once = t.after(1s, [&] { cancelled.push_back(once.cancel()); });
  timer neighbour = t.after(5s, note("neighbour"));
  t.after(5s - 1ns, [&] {
    CHECK(neighbour.cancel());
    t.after(1s, note("child"));
  });
  sys.advance(10s);
  CHECK(ticks == 3);
  CHECK_FALSE(tick.pending());
  CHECK(cancelled == std::vector{false, true, false});
  CHECK(taken() == lines{"child"});
}

// -- failures -------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand,
                  "timers: what a callback throws is reported and keeps nobody from running") {
  listener program;
  {
    timers t{sys};
    t.after(1s, [] { throw mishap("once"); });
    t.every(1s, [n = 0]() mutable { throw mishap(std::to_string(++n).c_str()); });
    t.after(2s, note("fine"));
    sys.advance(2s);
  }
  CHECK(taken() == lines{"fine"});
  CHECK(program.heard()
        == lines{"a timer: mailroom::test::mishap: once", "a timer: mailroom::test::mishap: 1",
                 "a timer: mailroom::test::mishap: 2"});
}

TEST_CASE_FIXTURE(by_hand, "timers: with a handler of their own, the program's hears nothing") {
  listener program;
  lines heard;
  timers t{sys, [&](std::string_view doing, const std::exception_ptr& what) {
             heard.push_back(std::string(doing) + ": " + describe(what));
           }};
  t.after(1s, [] { throw 1; });
  sys.advance(1s);
  CHECK(heard == lines{"a timer: an exception of type int"});
  CHECK(program.heard().empty());
}

// -- the end --------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "timers: their end cancels all and frees it, also by hand") {
  auto load = std::make_shared<int>(1);
  timer last;
  {
    timers t{sys};
    t.every(1s, [load] { FAIL("called"); });
    last = t.after(1s, [load = std::make_unique<std::shared_ptr<int>>(load)] { FAIL("called"); });
  }
  CHECK(load.use_count() == 1);
  CHECK_FALSE(last.pending());
  CHECK_FALSE(last.cancel());
  sys.advance(1h);
  CHECK(sys.running() == 0);
}

TEST_CASE_FIXTURE(by_hand, "timers: ended, they leave nothing on CAF's clock") {
  auto& clock = dynamic_cast<caf::detail::test_actor_clock&>(sys.caf().clock());
  {
    timers t{sys};
    for (int i = 100; i > 0; --i) {
      t.after(i * 1h, [] {});
      sys.run_all();
      CHECK(clock.schedule().size() == 1);
    }
  }
  sys.run_all();
  CHECK(clock.schedule().empty());
}

TEST_CASE_FIXTURE(by_hand, "timers: a callback may end them") {
  auto t = std::make_unique<timers>(sys);
  auto load = std::make_shared<int>(1);
  timer tick = t->every(1s, [&, load] {
    t.reset();
    log.emplace_back("ended");
  });
  sys.advance(1h);
  CHECK(taken() == lines{"ended"});
  CHECK(load.use_count() == 1);
  CHECK_FALSE(tick.pending());
  CHECK(sys.running() == 0);
}
