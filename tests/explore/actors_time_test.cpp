#include "mailroom/explore/actors.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "explore/actor_scenarios.hpp"

namespace ex = mailroom::explore;
using namespace mailroom;
using namespace mailroom::test;
using ex::ending, ex::strategy;
using std::chrono_literals::operator""s;

namespace {

/// An answer that may come too late.
void impatient(ex::stage& s) {
  auto& answer = s.observe<std::string>("none");
  auto server = s.spawn("server", [](caf::event_based_actor*) -> caf::behavior {
    return {[](get_atom) { return 42; }};
  });
  s.spawn("client", [server, &answer](caf::event_based_actor* self) -> caf::behavior {
    self->request(server, 1s, get_atom_v)
      .then([&](int value) { answer = std::to_string(value); },
            [&](const caf::error& e) { answer = e == caf::sec::request_timeout ? "late" : "?"; });
    return {[](go_atom) {}}; // lives on: the timeouts of the dead are gone anyway
  });
  s.finally("too late", [&answer] { return answer == "42"; });
}

/// Two alarms that are due at the same time, and say so to one who takes notes.
scenario two_alarms(std::chrono::seconds first, std::chrono::seconds second) {
  return [=](ex::stage& s) {
    auto& notes = s.observe<std::string>();
    auto clerk = s.spawn("clerk", [&notes](caf::event_based_actor*) -> caf::behavior {
      return {[&](const std::string& what) { notes += what; }};
    });
    auto spawn_sleeper = [&](const char* name, std::chrono::seconds time) {
      return s.spawn(name, [=](caf::event_based_actor* self) -> caf::behavior {
        return {[=](go_atom) { self->delayed_send(self, time, tick_atom_v); },
                [=](tick_atom) { self->send(clerk, std::string(1, name[0])); }};
      });
    };
    auto starter = [](caf::event_based_actor* self, const caf::actor& a) {
      self->send(a, go_atom_v);
    };
    s.spawn("starter of a", starter, spawn_sleeper("a", first));
    s.spawn("starter of b", starter, spawn_sleeper("b", second));
    s.finally("b was first", [&notes] { return notes == "ab"; });
  };
}

void periodic(ex::stage& s) {
  s.spawn("clock tower", [](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 1s, tick_atom_v);
    return {[=](tick_atom) { self->delayed_send(self, 1s, tick_atom_v); }};
  });
}

/// Each lets the other one go first.
scenario polite(bool somebody_goes) {
  return [=](ex::stage& s) {
    auto person = [&s, somebody_goes](caf::event_based_actor* self) -> caf::behavior {
      return {[&s, self, somebody_goes](go_atom, const caf::actor& other) {
        if (somebody_goes)
          s.progress();
        self->send(other, go_atom_v, caf::actor{self});
      }};
    };
    auto alice = s.spawn("alice", person);
    auto bob = s.spawn("bob", person);
    caf::anon_send(alice, go_atom_v, bob);
  };
}

} // namespace

// -- time -----------------------------------------------------------------------------------------

TEST_CASE("explore actors: an answer may be in time or late, wherever the timeout comes") {
  auto r = ex::actors(impatient, {.strategy = strategy::all});
  CHECK(r.complete);
  CHECK(r.schedules == 3); // the timeout before the request, before the answer, and never
  CHECK(r.bad() == 2);
  auto late = ex::replay(impatient, "Bt");
  CHECK(late.end == ending::violated);
  CHECK(told(late)
        == "server: get from client\nclient: error request_timeout from clock\n"
           "client: reply 42 from server\n");
  auto in_time = ex::replay(impatient, "BA");
  CHECK(in_time.end == ending::fine);
  CHECK(told(in_time) == "server: get from client\nclient: reply 42 from server\n"); // no timeout
}

TEST_CASE("explore actors: what is due at the same time may come in any order, in all strategies") {
  CHECK(ex::replay(two_alarms(1s, 1s), "CEttBD").end == ending::fine);
  CHECK(ex::replay(two_alarms(1s, 1s), "CEt1tDB").why == "b was first");
  CHECK_THROWS_WITH_AS(ex::replay(two_alarms(1s, 2s), "CEt1"),
                       "step 4 of 'CEt1' does not fit: only B, t can move there",
                       ex::schedule_error);
  for (auto how : {strategy::all, strategy::sleep_sets}) {
    CHECK(ex::actors(two_alarms(1s, 1s), {.strategy = how}).bad() > 0);
    CHECK(ex::actors(two_alarms(1s, 2s), {.strategy = how}).bad() > 0); // b may start earlier
  }
}

TEST_CASE("explore actors: what is due later comes later") {
  auto in_order = [](ex::stage& s) {
    auto& notes = s.observe<std::string>();
    s.spawn("sleeper", [&notes](caf::event_based_actor* self) -> caf::behavior {
      self->delayed_send(self, 2s, std::string("b"));
      self->delayed_send(self, 1s, std::string("a"));
      return {[&](const std::string& what) { notes += what; }};
    });
    s.finally("b was first", [&notes] { return notes == "ab"; });
  };
  CHECK(counted(in_order, strategy::all) == "0 of 1");
}

TEST_CASE("explore actors: a clock that never stops is cut, and said to be") {
  auto r = ex::actors(periodic, {.strategy = strategy::all, .max_steps = 12});
  CHECK(r.cut == r.schedules);
  CHECK_FALSE(r.complete);
  CHECK(r.bounds == "1 cut after 12 steps");
}

TEST_CASE("explore actors: an alarm for somebody who is gone is a step in which nothing happens") {
  auto run = ex::replay(
    [](ex::stage& s) {
      s.spawn("mayfly", [](caf::event_based_actor* self) {
        self->delayed_send(self, 1s, tick_atom_v);
        self->quit();
      });
    },
    "t");
  CHECK(run.end == ending::fine);
  CHECK(told(run) == "mayfly: tick from clock\n");
}

// -- livelocks ------------------------------------------------------------------------------------

TEST_CASE("explore actors: two who let each other go first get nowhere") {
  auto r = ex::livelocks(polite(false));
  CHECK(r.complete);
  CHECK(r.bad() == 1);
  CHECK(r.simplest.end == ending::livelock);
  CHECK(r.simplest.replay == "s(AB)*");
  CHECK(ex::replay(polite(false), "s(AB)*").end == ending::livelock);
  CHECK(told(r.simplest)
        == "alice: go bob from scenario\nbob: go alice from alice\nalice: go bob from bob\n");
}

TEST_CASE("explore actors: a circle in which somebody gets on is no livelock") {
  CHECK(ex::livelocks(polite(true)).bad() == 0);
  CHECK_THROWS_AS(ex::replay(polite(true), "s(AB)*"), ex::schedule_error);
}
