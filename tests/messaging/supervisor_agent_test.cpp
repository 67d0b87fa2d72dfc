#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/error.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/messaging/transact.hpp"
#include "messaging/supervisor_support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;
using state = child_status::state;

// Agents that are started anew.

namespace {

void boom(int&) {
  throw std::runtime_error("boom");
}

auto returns(int n) {
  return [n] { return n; };
}

void add_one(int& n) {
  ++n;
}

int get(int& n) {
  return n;
}

} // namespace

TEST_CASE(
  "supervised agent: what it is told and throws gives it a fresh state, the mail survives") {
  by_hand on;
  auto& a = on.boss.start_agent(on.child("stock"), returns(100));
  a.tell(add_one);
  a.tell(boom);
  a.tell(add_one);
  a.tell(add_one);
  auto sum = a.ask(get);
  on.sys.run_all();
  CHECK(on.boss.children() == std::vector{child_status{"stock", state::restarting, 0}});
  CHECK_FALSE(sum.done());
  a.tell(add_one);
  auto last = a.ask(get);
  on.await_restart();
  CHECK(sum.get() == 102);
  CHECK(last.get() == 103);
  CHECK(on.boss.children() == std::vector{child_status{"stock", state::running, 1}});
  CHECK(on.log == texts{"desk restarts stock in 10ms after failure 1: std::runtime_error: boom"});
}

TEST_CASE("supervised agent: nobody can use it before it is said to run again") {
  by_hand on;
  std::vector<int> restarts_seen;
  auto& a = on.boss.start_agent(on.child("stock"), [&] {
    for (auto& c : on.boss.children())
      restarts_seen.push_back(c.restarts);
    return 0;
  });
  a.tell(boom);
  on.sys.run_all();
  on.await_restart();
  REQUIRE(restarts_seen.size() >= 1);
  CHECK(restarts_seen.back() == 1);
}

TEST_CASE("supervised agent: what it is asked and throws is for who asked, the state stays") {
  by_hand on;
  auto& a = on.boss.start_agent(on.child("stock"), returns(1));
  CHECK_THROWS_AS(a.ask(boom).get(), std::runtime_error);
  a.tell(add_one);
  CHECK_THROWS_AS(a.ask(boom).get(), std::runtime_error);
  CHECK(a.snapshot() == 2);
  on.sys.run_all();
  CHECK(on.log.empty());
}

TEST_CASE("supervised agent: who is told of failures hears of it first") {
  by_hand on;
  std::string heard;
  auto& a = on.boss.start_agent(
    on.child("stock"), returns(1),
    {.on_failure = [&](std::string_view doing, std::exception_ptr) { heard = doing; }});
  a.tell(boom);
  on.sys.run_all();
  CHECK(heard == "exception in a message to stock");
  CHECK(on.boss.children()[0].now == state::restarting);
}

TEST_CASE("supervised agent: one with room for few loses none of those it has") {
  by_hand on;
  auto& a = on.boss.start_agent(on.child("stock"), returns(0),
                                {.capacity = 2, .overflow = overflow_policy::fail});
  a.tell(boom);
  a.tell(add_one);
  CHECK_THROWS_AS(a.tell(add_one), rejected);
  on.sys.run_all();
  a.tell(add_one);
  CHECK_THROWS_AS(a.tell(add_one), rejected);
  on.await_restart();
  CHECK(a.snapshot() == 2);
}

TEST_CASE("supervised agent: one that fails again with what was queued waits longer") {
  by_hand on;
  auto& a = on.boss.start_agent(on.child("stock"), returns(0));
  for (int i = 0; i < 3; ++i)
    a.tell(boom);
  on.sys.advance(10ms + 20ms);
  CHECK(on.boss.children()[0] == child_status{"stock", state::restarting, 2});
  on.sys.advance(40ms);
  CHECK(on.boss.children()[0] == child_status{"stock", state::running, 3});
}

TEST_CASE("supervised agent: a state that cannot be made is tried again, and then given up") {
  by_hand on;
  int calls = 0;
  auto options = on.child("stock");
  options.restarts = 2;
  auto& a = on.boss.start_agent(options, [&] {
    if (++calls > 1)
      throw std::runtime_error("no paper");
    return 0;
  });
  a.tell(boom);
  auto f = a.ask(get);
  on.sys.advance(1s);
  CHECK(calls == 3);
  CHECK_THROWS_AS(on.boss.ended().get(), supervision_failed);
  CHECK_THROWS_AS(f.get(), cancelled_error);
  CHECK(a.closed());
}

TEST_CASE("supervised agent: a first state that cannot be made is for who starts it") {
  by_hand on;
  CHECK_THROWS_AS(on.boss.start_agent({}, []() -> int { throw std::runtime_error("no paper"); }),
                  std::runtime_error);
  CHECK(on.boss.children().empty());
}

TEST_CASE("supervised agent: agents and actors start over together") {
  by_hand on{restart_strategy::one_for_all};
  auto& a = on.boss.start_agent(on.child("agent"), returns(0));
  auto t = on.boss.spawn(on.child("actor"), tally, 0);
  a.tell(add_one);
  on.send(t, add_atom_v, 1);
  on.sys.run_all();
  on.send(t, fail_atom_v);
  on.sys.run_all();
  a.tell(add_one);
  on.await_restart();
  CHECK(a.snapshot() == 1);
  a.tell(boom);
  on.sys.run_all();
  a.tell(add_one);
  on.send(t, add_atom_v, 10);
  on.await_restart();
  CHECK(a.snapshot() == 1);
  CHECK(on.answer(t, get_atom_v) == "10");
}

TEST_CASE("supervised agent: a transaction waits for one that is out of service") {
  by_hand on;
  auto& a = on.boss.start_agent(on.child("a"), returns(10));
  auto& b = on.boss.start_agent(on.child("b"), returns(20));
  b.tell(boom);
  on.sys.run_all();
  auto sum = transact(a, b, [](int& x, int& y) { return x + y; });
  auto later = a.ask(get);
  on.sys.run_all();
  CHECK_FALSE(sum.done());
  on.await_restart();
  CHECK(sum.get() == 30);
  CHECK(later.get() == 10);
}

TEST_CASE("supervised agent: what is stopped with others finishes its message first") {
  mailroom::system sys{{.threads = 2}};
  supervisor boss{
    sys, {.strategy = restart_strategy::one_for_all, .log = [](const supervision_event&) {}}};
  gate begun;
  gate free;
  std::atomic<int> states{0};
  auto& busy = boss.start_agent({"busy"}, [&] { return ++states; });
  auto& bad = boss.start_agent({"bad"}, returns(0));
  std::atomic<int> at_the_end{0};
  busy.tell([&](int& n) {
    begun.open();
    free.pass();
    at_the_end = n;
  });
  auto fresh = busy.ask(get);
  begun.pass();
  bad.tell(boom);
  CHECK(eventually([&] { return boss.children()[0].now == state::restarting; }));
  CHECK(at_the_end == 0);
  free.open();
  CHECK(fresh.get() == 2);
  CHECK(at_the_end == 1);
}

TEST_CASE("supervised agent: it is started anew even if all threads of the system wait for it") {
  mailroom::system sys{{.threads = 1}};
  supervisor boss{sys, {.log = [](const supervision_event&) {}}};
  auto& a = boss.start_agent({"a"}, returns(1));
  agent<int> other{sys};
  gate down;
  a.tell([](int&) { throw 0; });
  CHECK(eventually([&] {
    return boss.children()[0].now == state::restarting || boss.children()[0].restarts > 0;
  }));
  other.tell([&](int& n) { n = a.ask(get).get(); });
  CHECK(other.ask(get).get() == 1);
}

TEST_CASE("supervised agent: it may be stopped while it is out of service") {
  mailroom::system sys{{.threads = 1}};
  supervisor boss{sys, {.log = [](const supervision_event&) {}}};
  auto& a = boss.start_agent({"a"}, returns(1));
  a.tell([](int&) { throw 0; });
  auto f = a.ask(get);
  a.stop();
  CHECK_THROWS_AS(f.get(), cancelled_error);
  boss.stop();
  CHECK(a.closed());
  CHECK_THROWS_AS(a.tell(add_one), shutdown_error);
}

TEST_CASE("supervised agent: the end of its supervisor cancels what has not begun") {
  mailroom::system sys{{.threads = 1}};
  future<int> f;
  {
    supervisor boss{sys, {.log = [](const supervision_event&) {}}};
    auto options = child_options{"a"};
    options.delay = {.first = 1h, .most = 1h, .jitter = 0};
    auto& a = boss.start_agent(options, returns(1));
    a.tell([](int&) { throw 0; });
    f = a.ask(get);
    CHECK(eventually([&] { return boss.children()[0].now == state::restarting; }));
  }
  CHECK_THROWS_AS(f.get(), cancelled_error);
}

TEST_CASE("supervisor: it works on the system of those who do not bring their own") {
  std::vector<supervision_event> log;
  {
    supervisor boss{{.log = [&](auto& e) { log.push_back(e); }}};
    auto& a = boss.start_agent({"a"}, returns(1));
    a.tell(boom);
    CHECK(a.ask(get).get() == 1);
  }
  REQUIRE(log.size() == 1);
  CHECK(log[0].what == supervision_event::kind::restarts);
  CHECK(log[0].child == "a");
  CHECK(log[0].reason == "std::runtime_error: boom");
}
