#include "mailroom/explore/actors.hpp"

#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "explore/actor_scenarios.hpp"

namespace ex = mailroom::explore;
using namespace mailroom;
using namespace mailroom::test;
using ex::network, ex::node, ex::strategy;

namespace {

/// One message, one change.
scenario incrementing(int clients, int times) {
  return [=](ex::stage& s) {
    auto& n = s.observe<int>(0);
    auto c = s.spawn("counter", test::counter, &n);
    auto add = [c, times](caf::event_based_actor* self) {
      for (int i = 0; i < times; ++i)
        self->send(c, inc_atom_v);
    };
    for (int i = 0; i < clients; ++i)
      s.spawn("client", add);
    s.finally("an update was lost", [&n, clients, times] { return n == clients * times; });
  };
}

/// A tells C at once, and by way of B.
void triangle(ex::stage& s) {
  auto& first = s.observe<std::string>();
  auto c = s.spawn("C", [&first](caf::event_based_actor*) -> caf::behavior {
    return {[&first](const std::string& way) { first = first.empty() ? way : first; }};
  });
  auto b = s.spawn("B", [c](caf::event_based_actor* self) -> caf::behavior {
    return {[=](go_atom) { self->send(c, std::string("by way of B")); }};
  });
  s.spawn("A", [c, b](caf::event_based_actor* self) {
    self->send(c, std::string("at once"));
    self->send(b, go_atom_v);
  });
  s.finally("the longer way was faster", [&first] { return first == "at once"; });
}

} // namespace

TEST_CASE("explore actors: who sends one message per change loses nothing") {
  for (auto how : {strategy::all, strategy::sleep_sets})
    for (auto overtaking : {node, network}) {
      CHECK(counted(incrementing(2, 1), how, overtaking) == "0 of 2");
      CHECK(counted(incrementing(3, 1), how, overtaking) == "0 of 6");
      CHECK(counted(incrementing(3, 2), how, overtaking) == "0 of 90");
    }
}

TEST_CASE("explore actors: get then put loses what threads lose, in as many orders") {
  CHECK(counted(getting_and_putting(2, 1), strategy::all, node) == "12 of 14");
  CHECK(counted(getting_and_putting(2, 1), strategy::all, network) == "18 of 20");
  for (auto overtaking : {node, network}) { // two threads with one read and one write: 4 of 6
    CHECK(counted(getting_and_putting(2, 1), strategy::sleep_sets, overtaking) == "4 of 6");
    CHECK(counted(getting_and_putting(2, 2), strategy::sleep_sets, overtaking) == "64 of 70");
    CHECK(counted(getting_and_putting(3, 1), strategy::sleep_sets, overtaking) == "84 of 90");
  }
}

TEST_CASE("explore actors: on a node the longer way is never faster, on a network it may be") {
  CHECK(counted(triangle, strategy::all, node) == "0 of 1");
  CHECK(counted(triangle, strategy::all, network) == "1 of 3");
}

TEST_CASE("explore actors: nothing is left out where two actors write the same value") {
  auto write = [](ex::stage& s, std::string& text) {
    for (std::string name : {"alice", "bob"}) {
      auto writer = s.spawn(name, [&text, name](caf::event_based_actor*) -> caf::behavior {
        return {[&text, name](go_atom) { text += name; }};
      });
      s.spawn("starter", [writer](caf::event_based_actor* self) { self->send(writer, go_atom_v); });
    }
  };
  auto same_text = [&](ex::stage& s) {
    auto& text = s.observe<std::string>();
    write(s, text);
    s.finally("bob was first", [&text] { return text == "alicebob"; });
  };
  CHECK(counted(same_text, strategy::all) == "1 of 2");
  CHECK(counted(same_text, strategy::sleep_sets) == "1 of 2");

  struct page { // without std::hash: who writes it cannot be told
    std::string text;
  };
  auto same_page = [&](ex::stage& s) {
    auto& sheet = s.observe<page>();
    write(s, sheet.text);
    s.finally("bob was first", [&sheet] { return sheet.text == "alicebob"; });
  };
  CHECK(counted(same_page, strategy::sleep_sets) == "1 of 2");
}

TEST_CASE("explore actors: nothing is left out where an invariant looks at two actors") {
  auto crossing = [](ex::stage& s) {
    auto spawn_car = [&s](const char* name) -> bool& {
      auto& crosses = s.observe<bool>(false);
      auto car = s.spawn(name, [&crosses](caf::event_based_actor*) -> caf::behavior {
        return {[&](bool go) { crosses = go; }};
      });
      s.spawn("driver", [car](caf::event_based_actor* self) {
        self->send(car, true);
        self->send(car, false);
      });
      return crosses;
    };
    auto& red = spawn_car("red");
    auto& blue = spawn_car("blue");
    s.invariant("they meet", [&] { return !(red && blue); });
  };
  CHECK(counted(crossing, strategy::all) == "2 of 4"); // a meeting ends it
  CHECK(counted(crossing, strategy::sleep_sets) == "2 of 4");
}

TEST_CASE("explore actors: every kind of actor that CAF spawns can be explored") {
  using doubler = caf::typed_actor<accepts<int(int)>>;
  struct typed {
    doubler::behavior_type operator()() const {
      return {[](int n) { return 2 * n; }};
    }
  };
  struct client : caf::event_based_actor {
    client(caf::actor_config& config, doubler target, int* result)
      : event_based_actor(config), target_(std::move(target)), result_(result) {}
    caf::behavior make_behavior() override {
      request(target_, caf::infinite, 21).then([this](int n) { *result_ = n; });
      return {[](go_atom) {}};
    }
    doubler target_;
    int* result_;
  };
  auto r = ex::actors([](ex::stage& s) {
    auto& result = s.observe<int>(0);
    doubler target = s.spawn("object", typed{});
    caf::actor asking = s.spawn<client>("class", target, &result);
    caf::actor idle = s.spawn("stateful", [](caf::stateful_actor<int>* self) -> caf::behavior {
      return {[self](go_atom) { self->state = 1; }};
    });
    caf::anon_send(idle, go_atom_v);
    s.finally("21 was not doubled", [&result] { return result == 42; });
  });
  CHECK(r.complete);
  CHECK(r.schedules == 3); // the message to the idle one comes first, between the others, or last
  CHECK(r.bad() == 0);
}

TEST_CASE("explore actors: customers who look and then take overdraw it") {
  auto looking = [](ex::stage& s) {
    auto& balance = s.observe<int>(100);
    auto account = s.spawn("account", [&balance](caf::event_based_actor*) -> caf::behavior {
      return {[&](get_atom) { return balance; }, [&](add_atom, int amount) { balance += amount; }};
    });
    for (auto name : {"alice", "bob"})
      s.spawn(name, [account](caf::event_based_actor* self) {
        self->request(account, caf::infinite, get_atom_v).then([=](int seen) {
          if (seen >= 80)
            self->send(account, add_atom_v, -80);
        });
      });
    s.invariant("overdrawn", [&balance] { return balance >= 0; });
  };
  CHECK(counted(looking, strategy::sleep_sets) == "4 of 6"); // one actor writes: nothing is lost
}
