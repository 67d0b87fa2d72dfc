#include "mailroom/explore/actors.hpp"

#include <exception>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "explore/actor_scenarios.hpp"

namespace ex = mailroom::explore;
using namespace mailroom;
using namespace mailroom::test;
using ex::ending, ex::network, ex::strategy;

namespace {

/// Two that each await an answer of the other one, and serve nobody meanwhile.
void mutual_await(ex::stage& s) {
  auto partner = [](caf::event_based_actor* self) -> caf::behavior {
    return {
      [=](const caf::actor& other) {
        self->request(other, caf::infinite, get_atom_v).await([](int) {});
      },
      [](get_atom) { return 1; },
    };
  };
  auto alice = s.spawn("alice", partner);
  auto bob = s.spawn("bob", partner);
  auto introduce = [](caf::event_based_actor* self, const caf::actor& a, const caf::actor& b) {
    self->send(a, b);
  };
  s.spawn("carol", introduce, alice, bob);
  s.spawn("dave", introduce, bob, alice);
}

/// A server that is told to end while a request is on its way.
void crash(ex::stage& s) {
  auto& answer = s.observe<std::string>();
  auto server = s.spawn("server", [](caf::event_based_actor* self) -> caf::behavior {
    return {[](get_atom) { return 1; },
            [=](go_atom) { self->quit(caf::exit_reason::user_shutdown); }};
  });
  s.spawn("killer", [server](caf::event_based_actor* self) { self->send(server, go_atom_v); });
  s.spawn("client", [server, &answer](caf::event_based_actor* self) {
    self->monitor(server);
    self->request(server, caf::infinite, get_atom_v)
      .then([&](int) { answer = "reply"; },
            [&](const caf::error& e) {
              bool down = e == caf::sec::request_receiver_down;
              answer = down ? "request_receiver_down" : "another error";
            });
  });
  s.finally("the server is down", [&answer] { return answer != "request_receiver_down"; });
}

} // namespace

TEST_CASE("explore actors: a deadlock names all who wait, and for whom") {
  auto r = ex::actors(mutual_await, {.strategy = strategy::all});
  CHECK(r.schedules == 8);
  CHECK(r.bad() == 4);
  CHECK(r.simplest.end == ending::deadlock);
  CHECK(r.simplest.why == "alice waits for a reply of bob; bob waits for a reply of alice");
  CHECK(counted(mutual_await, strategy::all, network) == "4 of 8");
}

TEST_CASE("explore actors: who ends while a request is on its way is told of") {
  auto r = ex::actors(crash, {.strategy = strategy::all});
  CHECK(r.schedules == 4);
  CHECK(r.bad() == 2);
  CHECK(told(r.simplest)
        == "server: go from killer\nclient: down server user_shutdown from server\n"
           "server: get from client\nclient: error request_receiver_down from server\n");
}

TEST_CASE(
  "explore actors: an exception in a handler is an ending, and so is one in an initializer") {
  auto late = ex::replay(
    [](ex::stage& s) {
      auto printer = s.spawn("printer", [](caf::event_based_actor*) -> caf::behavior {
        return {[](go_atom) { throw std::runtime_error("out of paper"); }};
      });
      caf::anon_send(printer, go_atom_v);
    },
    "");
  CHECK(late.end == ending::threw);
  CHECK(late.why == "printer threw: out of paper");
  CHECK(told(late) == "printer: go from scenario\n");

  auto early = ex::replay(
    [](ex::stage& s) {
      s.spawn("printer",
              [](caf::event_based_actor*) { throw std::runtime_error("not plugged in"); });
    },
    "");
  CHECK(early.end == ending::threw);
  CHECK(early.why == "printer threw: not plugged in");
}

TEST_CASE("explore actors: ensure() in a handler, or in the scenario, is a violation") {
  auto in_handler = [](ex::stage& s) {
    caf::anon_send(s.spawn("checker",
                           [](caf::event_based_actor*) -> caf::behavior {
                             return {[](go_atom) { ex::ensure(false, "not so"); }};
                           }),
                   go_atom_v);
  };
  for (auto& run : {ex::replay(in_handler, ""),
                    ex::replay([](ex::stage&) { ex::ensure(false, "not so"); }, "")}) {
    CHECK(run.end == ending::violated);
    CHECK(run.why == "not so");
  }
}

TEST_CASE("explore actors: a message without a handler is an ending") {
  auto deaf = [](ex::stage& s) {
    auto counter = s.spawn(
      "counter", [](caf::event_based_actor*) -> caf::behavior { return {[](inc_atom) {}}; });
    s.spawn("alice", [counter](caf::event_based_actor* self) {
      self->send(counter, put_atom_v, 3, std::string("apples"));
    });
  };
  auto run = ex::replay(deaf, "");
  CHECK(run.end == ending::threw);
  CHECK(run.why == "counter got an unexpected message (put 3 \"apples\")");
}

TEST_CASE("explore actors: handlers that an actor sets itself are left alone") {
  auto run = ex::replay(
    [](ex::stage& s) {
      auto tough = s.spawn("tough", [](caf::event_based_actor* self) -> caf::behavior {
        self->set_default_handler(caf::drop);
        self->set_exception_handler([](std::exception_ptr&) { return caf::error{}; });
        return {[](go_atom) { throw std::runtime_error("never mind"); }};
      });
      caf::anon_send(tough, put_atom_v, 3);
      caf::anon_send(tough, go_atom_v);
    },
    "");
  CHECK(run.end == ending::fine);
  CHECK(run.history.size() == 2);
}

TEST_CASE("explore actors: an invariant is checked after each message") {
  auto r = ex::actors([](ex::stage& s) {
    auto& n = s.observe<int>(0);
    auto c = s.spawn("counter", test::counter, &n);
    s.spawn("alice", [c](caf::event_based_actor* self) {
      self->send(c, put_atom_v, 7);
      self->send(c, put_atom_v, 0);
    });
    s.invariant("seven", [&n] { return n != 7; });
  });
  CHECK(r.bad() == 1);
  CHECK(r.simplest.end == ending::violated);
  CHECK(told(r.simplest) == "counter: put 7 from alice\n"); // the second one came too late
}
