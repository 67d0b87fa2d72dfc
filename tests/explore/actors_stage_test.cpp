#include <doctest/doctest.h>

#include "explore/actor_scenarios.hpp"

namespace ex = mailroom::explore;
using namespace mailroom;
using namespace mailroom::test;
using ex::ending, ex::strategy;

namespace {

auto incrementing(const caf::actor& counter) {
  return [counter](caf::event_based_actor* self) { self->send(counter, inc_atom_v); };
}

/// Answers what another one answers.
auto clerk(const caf::actor& boss) {
  return [boss](caf::event_based_actor* self) -> caf::behavior {
    return {[=](get_atom) { return self->delegate(boss, get_atom_v); }};
  };
}

caf::behavior never_answering(caf::event_based_actor* self) {
  return {[=](get_atom) { (void)self->make_response_promise(); }};
}

} // namespace

TEST_CASE("explore actors: a scenario asks what came of it, itself or by way of others") {
  for (auto how : {strategy::all, strategy::sleep_sets}) {
    auto r = ex::actors(
      [](ex::stage& s) {
        auto c = s.spawn("counter", test::counter, &s.observe<int>(0));
        auto asked = s.spawn("clerk", clerk(c));
        s.spawn("alice", get_and_put, c, 1);
        s.spawn("bob", get_and_put, c, 1);
        s.perform();
        ex::ensure(s.ask<int>(c, get_atom_v) == 2, "lost");
        ex::ensure(s.ask<int>(asked, get_atom_v) == 2, "lost on the way");
      },
      {.strategy = how});
    CHECK(r.bad() > 0);
    CHECK(r.bad() < r.schedules);
    REQUIRE(r.findings.size() == 1);
    CHECK(r.simplest.why == "lost");
    CHECK(r.simplest.history.size() == 6); // the question is no step
  }
}

TEST_CASE("explore actors: a second act is explored as the first one") {
  auto acts = [](int count) {
    return [count](ex::stage& s) {
      auto c = s.spawn("counter", test::counter, &s.observe<int>(0));
      for (int act = 0; act < count; ++act) {
        s.spawn("alice", incrementing(c));
        s.spawn("bob", incrementing(c));
        s.perform();
      }
      ex::ensure(s.ask<int>(c, get_atom_v) == 2 * count, "lost");
    };
  };
  CHECK(counted(acts(1), strategy::all) == "0 of 2");
  CHECK(counted(acts(3), strategy::all) == "0 of 8");
  CHECK(counted(acts(3), strategy::sleep_sets) == "0 of 8");
}

TEST_CASE("explore actors: what comes after a performance is left out when that fails") {
  bool reached = false;
  auto waiting = [&reached](ex::stage& s) {
    auto wall = s.spawn("wall", never_answering);
    s.spawn("client", get_and_put, wall, 1);
    s.perform();
    reached = true;
  };
  auto r = ex::replay(waiting, "");
  CHECK(r.end == ending::deadlock);
  CHECK(r.why == "client waits for a reply of wall");
  CHECK_FALSE(reached);
  CHECK(ex::actors(waiting, {.max_steps = 1}).bad() == 1);
  CHECK_FALSE(reached);
}

TEST_CASE("explore actors: a question without an answer is an exception") {
  auto asking = [](auto make) {
    return ex::replay(
      [make](ex::stage& s) {
        auto who = s.spawn("wall", make);
        s.perform();
        s.ask<int>(who, get_atom_v);
      },
      "");
  };
  auto r = asking(never_answering);
  CHECK(r.end == ending::threw);
  CHECK(r.why == "wall does not answer");
  r = asking([](caf::event_based_actor*) -> caf::behavior {
    return {[](get_atom) -> caf::result<int> { return caf::sec::runtime_error; }};
  });
  CHECK(r.end == ending::threw);
  CHECK(r.why == "wall answers: system_error(runtime_error)");
}

TEST_CASE("explore actors: handlers neither perform nor ask") {
  auto from_handler = [](const std::function<void(ex::stage&, const caf::actor&)>& deed) {
    return [deed](ex::stage& s) {
      auto c = s.spawn("counter", test::counter, &s.observe<int>(0));
      auto bold = s.spawn("bold", [&s, c, deed](caf::event_based_actor*) -> caf::behavior {
        return {[&s, c, deed](go_atom) { deed(s, c); }};
      });
      caf::anon_send(bold, go_atom_v);
    };
  };
  CHECK_THROWS_AS(ex::actors(from_handler([](auto& s, auto&) { s.perform(); })), ex::refused);
  CHECK_THROWS_AS(
    ex::actors(from_handler([](auto& s, auto& c) { s.template ask<int>(c, get_atom_v); })),
    ex::refused);
}
