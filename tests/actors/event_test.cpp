#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/event/actor.hpp"
#include "actors/event/flag_only.hpp"
#include "actors/event/locked.hpp"
#include "actors/event/signal_only.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/latch.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using ending = explore::ending;
using std::chrono::nanoseconds;

/// A car waits, the light turns green and red again.
template <class Event>
void short_green() {
  Event green;
  sync::thread car{"car", [&] { green.wait(); }};
  sync::thread light{"light", [&] {
                       green.set();
                       green.clear();
                     }};
}

/// The light turns green, and a car comes before or after.
template <class Event>
void light_and_car() {
  Event green;
  sync::thread light{"light", [&] { green.set(); }};
  sync::thread car{"car", [&] { green.wait(); }};
}

/// The actor, with the members of the lock version, for threads.
class by_message {
public:
  void set() { ask<void>(sys_, actor_, 30s, set_atom_v); }
  void clear() { ask<void>(sys_, actor_, 30s, clear_atom_v); }
  void wait() { ask<bool>(sys_, actor_, 30s, wait_atom_v); }
  bool wait_for(nanoseconds limit) { return ask<bool>(sys_, actor_, 30s, wait_atom_v, limit); }
  bool is_set() { return ask<bool>(sys_, actor_, 30s, get_atom_v); }

private:
  mailroom::system sys_;
  event_actor actor_ = sys_.spawn(event);
};

/// The car waits (AA) before the light turns green and red (BBBBB).
constexpr auto green_is_over = "AABBBBB";

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("event.flag_only: who looks too late has missed it, and waits for ever") {
  auto run = explore::replay(short_green<flag_only::event>, green_is_over);
  CHECK(run.end == ending::deadlock);
  CHECK(run.why == "car waits to wake the event");
}

TEST_CASE("event.flag_only: who looks while it is set goes on") {
  // After set (BBB), and before clear.
  CHECK(explore::replay(short_green<flag_only::event>, "AABBBAABB").end == ending::fine);
}

TEST_CASE("event.signal_only: who comes after the signal waits for ever") {
  auto run = explore::replay(light_and_car<signal_only::event>, "AAABB");
  CHECK(run.end == ending::lost_wakeup);
  CHECK(run.why == "car waits to wake the event");
  CHECK(explore::replay(light_and_car<lock_based::event>, "AAABB").end == ending::fine);
}

TEST_CASE("event.signal_only: who waits when the signal comes goes on") {
  CHECK(explore::replay(light_and_car<signal_only::event>, "BBAAABB").end == ending::fine);
}

// -- one suite for both ---------------------------------------------------------------------------------

TEST_CASE("event.locked: who waited when it was set goes, however late it looks") {
  auto run = explore::replay(short_green<lock_based::event>, green_is_over);
  CHECK(run.end == ending::fine);
  CHECK(run.why == "");
}

TEST_CASE_TEMPLATE("event: no car goes before green, all go after, a late one does not wait", Event,
                   lock_based::event, by_message) {
  Event green;
  sync::atomic<bool> turned{false};
  sync::atomic<int> early{0};
  sync::atomic<int> gone{0};
  sync::latch arriving{3};
  {
    std::vector<sync::thread> cars;
    for (int i = 0; i < 3; ++i)
      cars.emplace_back("car", [&, i] {
        arriving.count_down();
        if (i == 0)
          CHECK(green.wait_for(30s));
        else
          green.wait();
        early.fetch_add(turned.load() ? 0 : 1);
        gone.fetch_add(1);
      });
    arriving.wait();
    CHECK_FALSE(green.is_set());
    CHECK(gone.load() == 0);
    turned.store(true);
    green.set();
  }
  CHECK(early.load() == 0);
  CHECK(gone.load() == 3);
  green.wait();
  CHECK(green.wait_for(0ns));
}

TEST_CASE_TEMPLATE("event: cleared, it lets nobody pass, and set twice is set once", Event,
                   lock_based::event, by_message) {
  Event green;
  CHECK_FALSE(green.wait_for(1us));
  green.set();
  green.set();
  CHECK(green.is_set());
  CHECK(green.wait_for(1us));
  green.clear();
  CHECK_FALSE(green.is_set());
  CHECK_FALSE(green.wait_for(1us));
  CHECK_FALSE(green.wait_for(0ns));
}

TEST_CASE_TEMPLATE("event: whoever waits is let go by some set, even if each is cleared at once",
                   Event, lock_based::event, by_message) {
  Event green;
  sync::atomic<int> waiting{3};
  std::vector<sync::thread> cars;
  for (int i = 0; i < 3; ++i)
    cars.emplace_back("car", [&] {
      green.wait();
      waiting.fetch_sub(1);
    });
  while (waiting.load() > 0) {
    green.set();
    green.clear();
    sync::pause();
  }
  CHECK_FALSE(green.is_set());
}

// -- the actor ------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "event.actor: green after two seconds") {
  auto green = sys.spawn(event);
  ask<bool>("a", green, wait_atom_v);
  ask<bool>("b", green, wait_atom_v);
  ask<bool>("1 s", green, wait_atom_v, nanoseconds{1s});
  ask<bool>("3 s", green, wait_atom_v, nanoseconds{3s});
  sys.advance(2s);
  CHECK(taken() == lines{"1 s: no"});
  tell(green, set_atom_v);
  CHECK(taken() == lines{"a: yes", "b: yes", "3 s: yes"});
  ask<bool>("a late one", green, wait_atom_v);
  CHECK(taken() == lines{"a late one: yes"});
}

TEST_CASE_FIXTURE(by_hand, "event.actor: answers all who wait, also if it is cleared at once") {
  auto green = sys.spawn(event);
  auto dead = ask<bool>("dead", green, wait_atom_v);
  ask<bool>("waiting", green, wait_atom_v);
  end(dead);
  caf::anon_send(green, set_atom_v);
  caf::anon_send(green, clear_atom_v);
  ask<bool>("too late", green, wait_atom_v);
  ask<bool>("set", green, get_atom_v);
  CHECK(taken() == lines{"waiting: yes", "set: no"});
}
