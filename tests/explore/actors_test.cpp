#include "mailroom/explore/actors.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "actors/account/actor.hpp"
#include "actors/account/naive_actor.hpp"
#include "actors/cell/actor.hpp"
#include "actors/counter/actor.hpp"
#include "actors/counter/naive_actor.hpp"
#include "actors/resource_pair/mutual_ask.hpp"
#include "explore/actor_scenarios.hpp"

namespace ex = mailroom::explore;
using namespace mailroom;
using namespace mailroom::test;
using ex::ending, ex::network, ex::node, ex::strategy;

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

/// Returns a cell whose value the checks can see.
cell_actor spawn_cell(ex::stage& s, std::int64_t value, const std::int64_t*& seen) {
  return s.spawn("cell", [value, &seen](cell_actor::stateful_pointer<cell_state> self) {
    seen = &self->state.value;
    return cell(self, value);
  });
}

/// Two copies of a shopping list: one is told to save while the other is told to sync.
void awaiting_pair_on_stage(ex::stage& s) {
  auto spawn_copy = [&](const std::string& name, int& unanswered) {
    auto store = s.spawn("store of " + name, slow_store, std::chrono::seconds{1});
    progress count = [&unanswered](const char*, const char* what) {
      unanswered += std::string_view{what} == "got no answer" ? 1 : 0;
    };
    return s.spawn(name, awaiting_copy, store,
                   awaiting_options{"copy", std::chrono::hours{1}, count});
  };
  auto& local_unanswered = s.observe<int>(0);
  auto& cloud_unanswered = s.observe<int>(0);
  auto local = spawn_copy("local", local_unanswered);
  auto cloud = spawn_copy("cloud", cloud_unanswered);
  caf::anon_send(local, partner_atom_v, partner_actor{cloud});
  caf::anon_send(cloud, partner_atom_v, partner_actor{local});
  caf::anon_send(local, save_atom_v, 2);
  caf::anon_send(cloud, sync_atom_v);
  s.finally("each waited for the other",
            [&] { return !(local_unanswered > 0 && cloud_unanswered > 0); });
}

} // namespace

// -- counts ---------------------------------------------------------------------------------------

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

// -- our blocks -----------------------------------------------------------------------------------

TEST_CASE("explore actors: an account that decides for itself is not overdrawn") {
  auto withdrawing = [](ex::stage& s) {
    auto account = s.spawn("account", mailroom::account, 100);
    auto spawn_customer = [&](const char* name) -> bool& {
      auto& paid = s.observe<bool>(false);
      s.spawn(name, [account, &paid](caf::event_based_actor* self) {
        self->request(account, caf::infinite, withdraw_atom_v, std::int64_t{80})
          .then([&paid](bool enough) { paid = enough; });
      });
      return paid;
    };
    auto& alice = spawn_customer("alice");
    auto& bob = spawn_customer("bob");
    s.finally("overdrawn", [&] { return !(alice && bob); });
    s.finally("nobody was paid", [&] { return alice || bob; });
  };
  CHECK(counted(withdrawing, strategy::all) == "0 of 4");
  CHECK(counted(withdrawing, strategy::sleep_sets) == "0 of 2");
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

TEST_CASE("explore actors: naive customers of ours overdraw a cell") {
  auto r = ex::actors([](ex::stage& s) {
    auto balance = s.spawn("balance", cell, 100);
    auto spawn_customer = [&](const char* name) -> bool& {
      auto& paid = s.observe<bool>(false);
      s.spawn(name, naive_customer, balance, 80, std::chrono::seconds{1},
              std::function<void(bool)>{[&paid](bool enough) { paid = enough; }});
      return paid;
    };
    auto& alice = spawn_customer("alice");
    auto& bob = spawn_customer("bob");
    s.finally("overdrawn", [&] { return !(alice && bob); });
  });
  CHECK(r.complete);
  CHECK(r.bad() > 0);
  CHECK(r.bad() < r.schedules);
  CHECK(r.simplest.why == "overdrawn");
}

TEST_CASE("explore actors: naive adders of ours lose an update, counters do not") {
  auto naive = [](ex::stage& s) {
    auto& seen = s.observe<const std::int64_t*>(nullptr);
    auto target = spawn_cell(s, 0, seen);
    for (auto name : {"alice", "bob"})
      s.spawn(name, naive_adder, target, 1, std::chrono::nanoseconds{0});
    s.finally("an update was lost", [&seen] { return *seen == 2; });
  };
  CHECK(counted(naive, strategy::sleep_sets) == "4 of 6");
  CHECK(counted(naive, strategy::all) == "12 of 14");

  auto counting = [](ex::stage& s) {
    auto& seen = s.observe<const std::int64_t*>(nullptr);
    auto spawn_counter = [&seen](counter_actor::stateful_pointer<counter_state> self) {
      seen = &self->state.value;
      return mailroom::counter(self, 0);
    };
    auto target = s.spawn("counter", spawn_counter);
    for (auto name : {"alice", "bob"})
      s.spawn(name, adder, target, 1);
    s.finally("an update was lost", [&seen] { return *seen == 2; });
  };
  auto r = ex::actors(counting);
  CHECK(r.complete);
  CHECK(r.bad() == 0);
}

// -- endings --------------------------------------------------------------------------------------

TEST_CASE("explore actors: a deadlock names all who wait, and for whom") {
  auto r = ex::actors(mutual_await, {.strategy = strategy::all});
  CHECK(r.schedules == 8);
  CHECK(r.bad() == 4);
  CHECK(r.simplest.end == ending::deadlock);
  CHECK(r.simplest.why == "alice waits for a reply of bob; bob waits for a reply of alice");
  CHECK(counted(mutual_await, strategy::all, network) == "4 of 8");
}

TEST_CASE("explore actors: copies of ours that await each other both get no answer") {
  auto r = ex::actors(awaiting_pair_on_stage);
  CHECK(r.bad() > 0);
  CHECK(r.simplest.why == "each waited for the other");
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

TEST_CASE("explore actors: a schedule is printed as columns") {
  std::ostringstream out;
  ex::actors(getting_and_putting(2, 1), {.strategy = strategy::all}).print(out);
  CHECK(out.str() == R"(14 schedules: 12 fail
  12 x violated: an update was lost
simplest: BACABC
step  counter               alice                 bob
   1  get from alice
   2                        reply 0 from counter
   3  get from bob
   4                                              reply 0 from counter
   5  put 1 from alice
   6  put 1 from bob
      => violated: an update was lost
)");
}
