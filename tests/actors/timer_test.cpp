#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <random>

#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/timer/actor.hpp"
#include "actors/timer/locked.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/event.hpp"
#include "mailroom/sync/latch.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;
using function = std::function<void()>;

/// A timer that is an actor, for threads.
class asked_timer {
public:
  timer_id after(nanoseconds delay, function f) {
    return ask<timer_id>(sys_, timer_, 10s, after_atom_v, delay, std::move(f));
  }
  bool cancel(timer_id id) { return ask<bool>(sys_, timer_, 10s, cancel_atom_v, id); }

private:
  mailroom::system sys_;
  timer_actor timer_ = sys_.spawn(timer_service);
};

} // namespace

// -- the contract ---------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("timer: calls when the time has come and not before", Timer, lock_based::timer,
                   asked_timer) {
  for (auto delay : {1ms, 0ms, 2ms}) {
    sync::event called; // outlives the timer, which may still be setting it
    Timer timer;
    auto earliest = steady_clock::now() + delay;
    timer.after(delay, [&] {
      CHECK(steady_clock::now() >= earliest);
      called.set();
    });
    CHECK(called.wait_for(10s));
  }
}

TEST_CASE_TEMPLATE("timer: cancelled in time, a function never runs and is destroyed", Timer,
                   lock_based::timer, asked_timer) {
  sync::event called;
  auto used = std::make_shared<bool>(false);
  {
    Timer timer;
    auto egg = timer.after(1h, [used] { *used = true; });
    auto far = timer.after(nanoseconds::max(), [used] { *used = true; });
    CHECK(timer.cancel(egg));
    CHECK_FALSE(timer.cancel(egg));
    CHECK(timer.cancel(far));
    CHECK_FALSE(timer.cancel(egg + 100));
    auto now = timer.after(0ns, [&] { called.set(); });
    CHECK(called.wait_for(10s));
    CHECK_FALSE(timer.cancel(now));
  }
  CHECK_FALSE(*used);
  CHECK(used.use_count() == 1);
}

TEST_CASE_TEMPLATE("timer: one that is set later is called earlier if it is due earlier", Timer,
                   lock_based::timer, asked_timer) {
  std::array<sync::event, 20> called; // most of the time it sleeps when the next one comes
  Timer timer;
  auto late = timer.after(1h, [] { CHECK(false); });
  for (auto& each : called) {
    timer.after(100us, [&] { each.set(); });
    REQUIRE(each.wait_for(10s));
  }
  CHECK(timer.cancel(late));
}

TEST_CASE_TEMPLATE("timer: those due at the same time are called in the order they were set", Timer,
                   lock_based::timer, asked_timer) {
  constexpr int all = 100;
  std::vector<int> order;
  sync::latch left{all};
  Timer timer;
  for (int i = 0; i < all; ++i)
    timer.after(i % 2 == 0 ? 0ns : -1h, [&, i] {
      order.push_back(i);
      left.count_down();
    });
  left.wait();
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE_TEMPLATE("timer: of calling and cancelling, exactly one comes first", Timer,
                   lock_based::timer, asked_timer) {
  constexpr int all = 300;
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};
  std::vector<std::atomic<int>> calls(all);
  std::vector<bool> cancelled(all);
  {
    sync::event last; // whatever was not cancelled is due by then
    Timer timer;
    for (int i = 0; i < all; ++i) {
      auto id = timer.after(nanoseconds{random() % 100'000}, [&calls, i] { ++calls[i]; });
      cancelled[i] = timer.cancel(id);
    }
    timer.after(100us, [&] { last.set(); });
    CHECK(last.wait_for(10s));
  }
  for (int i = 0; i < all; ++i)
    CHECK(calls[i] == (cancelled[i] ? 0 : 1));
}

TEST_CASE_TEMPLATE("timer: without a function there is nothing to call", Timer, lock_based::timer,
                   asked_timer) {
  sync::event called;
  Timer timer;
  CHECK_THROWS(timer.after(0ns, nullptr));
  timer.after(0ns, [&] { called.set(); });
  CHECK(called.wait_for(10s));
}

TEST_CASE("timer.locked: functions may set and cancel") {
  sync::event called;
  lock_based::timer timer;
  timer.after(0ns, [&] {
    auto late = timer.after(1h, [] { CHECK(false); });
    CHECK(timer.cancel(late));
    timer.after(0ns, [&] { called.set(); });
  });
  CHECK(called.wait_for(10s));
}

// -- in virtual time --------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "timer.actor: each at its own time, equal ones in order") {
  auto timer = sys.spawn(timer_service);
  auto begin = sys.caf().clock().now();
  auto set = [&](nanoseconds delay, const std::string& what) {
    caf::anon_send(timer, after_atom_v, delay, function{[=, this] {
                     CHECK(sys.caf().clock().now() == begin + delay);
                     log.push_back(what);
                   }});
    sys.run_all();
  };
  set(3min, "egg");
  set(1min, "tea");
  set(3min, "bread");
  set(2min, "milk");
  set(1min + 1ns, "sugar");
  sys.advance(1min - 1ns);
  CHECK(taken() == lines{});
  sys.advance(1ns);
  CHECK(taken() == lines{"tea"});
  sys.advance(1h);
  CHECK(taken() == lines{"sugar", "milk", "egg", "bread"});
}

TEST_CASE_FIXTURE(by_hand, "timer.actor: up to the last moment a function can be cancelled") {
  auto timer = sys.spawn(timer_service);
  for (auto name : {"1", "2"})
    ask<timer_id>("set", timer, after_atom_v, nanoseconds{1s},
                  function{[this, name] { log.emplace_back(name); }});
  CHECK(taken() == lines{"set: 1", "set: 2"});
  sys.advance(1s - 1ns);
  ask<bool>("cancel", timer, cancel_atom_v, timer_id{1});
  sys.advance(1ns);
  ask<bool>("cancel", timer, cancel_atom_v, timer_id{2});
  CHECK(taken() == lines{"cancel: yes", "2", "cancel: no"});
}

TEST_CASE_FIXTURE(by_hand, "timer.actor: a function may set another one, and outlives its client") {
  auto timer = sys.spawn(timer_service);
  function again = [this, timer] {
    log.emplace_back("first");
    caf::anon_send(timer, after_atom_v, nanoseconds{1s},
                   function{[this] { log.emplace_back("second"); }});
  };
  end(ask<timer_id>("set", timer, after_atom_v, nanoseconds{1s}, again));
  sys.advance(2s - 1ns);
  CHECK(taken() == lines{"set: 1", "first"});
  sys.advance(1ns);
  CHECK(taken() == lines{"second"});
}
