#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/condition/actor.hpp"
#include "actors/condition/early_signal.hpp"
#include "actors/condition/if_wait.hpp"
#include "actors/condition/while_wait.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using std::chrono::nanoseconds;
using ending = explore::ending;

/// A waiting room that is an actor, for threads.
class asked_room {
public:
  void put() { ask<void>(sys_, room_, 10s, put_atom_v); }
  bool take() { return ask<bool>(sys_, room_, 10s, take_atom_v); }
  bool take_for(nanoseconds limit) { return ask<bool>(sys_, room_, 10s, take_atom_v, limit); }
  int count() { return ask<int>(sys_, room_, 10s, get_atom_v); }

private:
  mailroom::system sys_;
  waiting_room_actor room_ = sys_.spawn(waiting_room);
};

/// Two places for two guests, one of which comes late.
template <class Room>
void guest_host_newcomer() {
  Room room;
  {
    sync::thread a{"guest", [&] { room.take(); }};
    sync::thread b{"host", [&] {
                     room.put();
                     explore::ensure(room.count() >= 0, "a place was taken that was not there");
                     room.put();
                   }};
    sync::thread c{"newcomer", [&] { room.take(); }};
  }
  explore::ensure(room.count() == 0, "the count is wrong");
}

/// One place for one guest.
template <class Room>
void host_and_guest() {
  Room room;
  sync::thread a{"host", [&] { room.put(); }};
  sync::thread b{"guest", [&] { room.take(); }};
}

} // namespace

// -- the bugs, made to happen ---------------------------------------------------------------------------

TEST_CASE("condition.if_wait: a newcomer overtakes, and both take the same place") {
  // The guest waits; the host puts and notifies; the newcomer takes; the guest wakes and takes.
  auto run = explore::replay(guest_host_newcomer<if_wait::waiting_room>, "AABBBCCAAB");
  CHECK(run.end == ending::violated);
  CHECK(run.why == "a place was taken that was not there");
}

TEST_CASE("condition.while_wait: who was overtaken looks again, and waits for the next place") {
  auto run = explore::replay(guest_host_newcomer<while_wait::waiting_room>, "AABBBCCAABBBBBAA");
  CHECK(run.end == ending::fine);
}

TEST_CASE("condition.if_wait: if nobody comes in between, all is well") {
  CHECK(explore::replay(guest_host_newcomer<if_wait::waiting_room>, "AABBBAA").end == ending::fine);
}

TEST_CASE("condition.early_signal: the signal comes first, and the guest waits for ever") {
  auto run = explore::replay(host_and_guest<early_signal::waiting_room>, "AAABB");
  CHECK(run.end == ending::lost_wakeup);
  CHECK(run.why == "guest waits to wake changed");
}

TEST_CASE("condition.early_signal: if the guest comes first, all is well") {
  CHECK(explore::replay(host_and_guest<early_signal::waiting_room>, "BBAAABB").end == ending::fine);
}

TEST_CASE_TEMPLATE("condition: an early signal is no harm to whoever looks first", Room,
                   if_wait::waiting_room, while_wait::waiting_room) {
  CHECK(explore::replay(host_and_guest<Room>, "AAABB").end == ending::fine);
}

// -- the contract ---------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("condition: nobody takes what is not there", Room, while_wait::waiting_room,
                   asked_room) {
  Room room;
  CHECK_FALSE(room.take_for(0ns));
  CHECK_FALSE(room.take_for(1us));
  room.put();
  room.put();
  CHECK(room.count() == 2);
  room.take();
  CHECK(room.take_for(nanoseconds::max()));
  CHECK_FALSE(room.take_for(-1h));
  CHECK(room.count() == 0);
}

TEST_CASE_TEMPLATE("condition: each place goes to one guest, and each guest gets one", Room,
                   while_wait::waiting_room, asked_room) {
  constexpr int guests = 4, each = 200;
  Room room;
  {
    std::vector<sync::thread> threads;
    for (int i = 0; i < guests; ++i)
      threads.emplace_back("guest", [&] {
        for (int n = 0; n < each; ++n)
          room.take();
      });
    for (int n = 0; n < guests * each + 3; ++n)
      room.put();
  }
  CHECK(room.count() == 3);
}

// -- who waits for the actor ------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "condition.actor: places go to guests in order of arrival") {
  auto room = sys.spawn(waiting_room);
  for (auto name : {"1", "2", "3"})
    ask<bool>(name, room, take_atom_v);
  for (auto name : {"1", "2", "3"}) {
    caf::anon_send(room, put_atom_v);
    ask<bool>("newcomer", room, take_atom_v, 0ns);
    CHECK(taken() == lines{name + std::string(": yes"), "newcomer: no"});
  }
}

TEST_CASE_FIXTURE(by_hand, "condition.actor: who ends while it waits is forgotten") {
  auto room = sys.spawn(waiting_room);
  auto gone = ask<bool>("gone", room, take_atom_v);
  ask<bool>("next", room, take_atom_v);
  end(gone);
  caf::anon_send(room, put_atom_v);
  caf::anon_send(room, put_atom_v);
  ask<int>("free", room, get_atom_v);
  CHECK(taken() == lines{"next: yes", "free: 1"});
}

TEST_CASE_FIXTURE(by_hand, "condition.actor: nobody waits longer than wanted") {
  auto room = sys.spawn(waiting_room);
  ask<bool>("1 min", room, take_atom_v, nanoseconds{1min});
  ask<bool>("for ever", room, take_atom_v);
  sys.advance(1min - 1ns);
  CHECK(taken() == lines{});
  sys.advance(1ns);
  CHECK(taken() == lines{"1 min: no"});
  caf::anon_send(room, put_atom_v);
  sys.run_all();
  CHECK(taken() == lines{"for ever: yes"});
}
