#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/messaging/agent.hpp"
#include "messaging/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// What an agent does that no lock does.

namespace {

using ids = std::vector<std::thread::id>;

auto here() {
  return std::this_thread::get_id();
}

} // namespace

// -- messages -----------------------------------------------------------------------------------------

TEST_CASE("agent: messages of one thread are done in the order in which they were sent") {
  agent<std::vector<int>> list;
  for (int i = 0; i < 10'000; ++i) {
    if (i % 7 == 0)
      CHECK(list.ask([i](auto& l) { return l.emplace_back(i); }).get() == i);
    else
      CHECK(list.tell([i](auto& l) { l.push_back(i); }));
  }
  auto all = list.snapshot();
  REQUIRE(all.size() == 10'000);
  for (int i = 0; i < 10'000; ++i)
    REQUIRE(all[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("agent: who tells does not wait, and does not do it") {
  agent<ids> log;
  occupation busy{log};
  for (int i = 0; i < 3; ++i)
    log.tell([](ids& l) { l.push_back(here()); });
  CHECK(log.size() == 3);
  busy.end();
  for (auto id : log.snapshot())
    CHECK(id != here());
}

TEST_CASE("agent: who asks one that does nothing does it at once") {
  agent<int> a{1};
  auto f = a.ask([](int&) { return here(); });
  CHECK(f.done());
  CHECK(f.get() == here());
}

TEST_CASE("agent: callers do nothing if they are not to") {
  agent<int> a{1, {.callers_run = false}};
  CHECK(a.ask([](int&) { return here(); }).get() != here());
}

TEST_CASE("agent: what a message of tell throws reaches the handler") {
  notebook<std::string> heard;
  agent<int> a{1,
               {.name = "stock", .on_failure = [&](std::string_view doing, std::exception_ptr e) {
                  heard.write(std::string{doing} + ": " + describe(e));
                }}};
  a.tell([](int& n) {
    n = 2;
    throw std::runtime_error("sold out");
  });
  CHECK(a.snapshot() == 2);
  REQUIRE(heard.lines().size() == 1);
  CHECK(heard.lines()[0] == "exception in a message to stock: std::runtime_error: sold out");
}

TEST_CASE("agent: a question can be taken back before its turn") {
  agent<int> a{1};
  occupation busy{a};
  bool asked = false;
  auto f = a.ask([&](int&) { asked = true; });
  CHECK(f.state() == future_state::pending);
  CHECK(f.cancel());
  busy.end();
  CHECK(a.snapshot() == 1);
  CHECK(f.state() == future_state::cancelled_and_notified);
  CHECK_FALSE(asked);
  CHECK_THROWS_AS(f.get(), cancelled_error);
}

TEST_CASE("agent: messages may be of any size, and throw when they are moved") {
  struct clumsy {
    clumsy() = default;
    clumsy(clumsy&& other) noexcept(false) : n(other.n) {}
    int n = 3;
  };
  agent<long> sum{0};
  std::array<long, 100> many{};
  many.back() = 5;
  auto token = std::make_shared<int>(7);
  {
    occupation busy{sum};
    for (int i = 0; i < 100; ++i) {
      sum.tell([many](long& s) { s += many.back(); });
      sum.tell([c = clumsy{}](long& s) { s += c.n; });
      sum.tell([token](long& s) { s += *token; });
      sum.tell([p = std::make_unique<int>(11)](long& s) { s += *p; });
    }
  }
  CHECK(sum.snapshot() == 100 * (5 + 3 + 7 + 11));
  CHECK(token.use_count() == 1);
}

TEST_CASE("agent: it may tell and ask itself") {
  agent<int> a{0, {.capacity = 1}};
  future<int> later;
  a.ask([&](int&) {
     for (int i = 0; i < 10; ++i)
       a.tell([](int& n) { ++n; });
     later = a.ask([](int& n) { return n; });
   })
    .get();
  CHECK(later.get() == 10);
}

// -- room ---------------------------------------------------------------------------------------------

TEST_CASE("agent: full, it drops the newest") {
  agent<int> a{0, {.capacity = 2, .overflow = overflow_policy::drop_newest}};
  occupation busy{a};
  auto add = [](int& n) { ++n; };
  CHECK(a.tell(add));
  CHECK(a.tell(add));
  CHECK_FALSE(a.tell(add));
  auto f = a.ask(add);
  CHECK(f.done());
  CHECK_THROWS_AS(f.get(), rejected);
  busy.end();
  CHECK(eventually([&] { return a.size() == 0; }));
  CHECK(a.snapshot() == 2);
  CHECK(a.stats().dropped == 2);
}

TEST_CASE("agent: full, it drops the oldest") {
  agent<std::string> a{"", {.capacity = 2, .overflow = overflow_policy::drop_oldest}};
  occupation busy{a};
  auto token = std::make_shared<int>(0);
  CHECK(a.tell([token](auto& s) { s += "a"; }));
  auto oldest = a.ask([](auto& s) { s += "b"; });
  CHECK(token.use_count() == 2);
  CHECK(a.tell([](auto& s) { s += "c"; }));
  CHECK(token.use_count() == 1);
  CHECK_FALSE(oldest.done());
  CHECK(a.tell([](auto& s) { s += "d"; }));
  CHECK_THROWS_AS(oldest.get(), rejected);
  CHECK(a.size() == 2);
  busy.end();
  CHECK(eventually([&] { return a.size() == 0; }));
  CHECK(a.snapshot() == "cd");
  auto s = a.stats();
  CHECK(s.dropped == 2);
  CHECK(s.sent == s.received + s.dropped);
}

TEST_CASE("agent: full, it fails") {
  agent<int> a{0, {.capacity = 1, .overflow = overflow_policy::fail}};
  occupation busy{a};
  auto add = [](int& n) { ++n; };
  CHECK(a.tell(add));
  CHECK_THROWS_AS(a.tell(add), rejected);
  CHECK_THROWS_AS(a.ask(add), rejected);
}

TEST_CASE("agent: full, it makes those who send wait, and loses nothing") {
  agent<int> a{0, {.capacity = 2}};
  std::size_t most = 0;
  {
    std::vector<std::jthread> team;
    for (int i = 0; i < 3; ++i)
      team.emplace_back([&] {
        for (int k = 0; k < 1000; ++k)
          a.tell([](int& n) { ++n; });
      });
    for (int k = 0; k < 1000; ++k)
      most = std::max(most, a.size());
  }
  CHECK(most <= 2);
  CHECK(a.snapshot() == 3000);
}

// -- the end ------------------------------------------------------------------------------------------

TEST_CASE("agent: its destructor waits until all is done") {
  int seen = 0;
  {
    agent<int> a{0};
    for (int i = 0; i < 1000; ++i)
      a.tell([&seen](int& n) { seen = ++n; });
  }
  CHECK(seen == 1000);
}

TEST_CASE("agent: closed, it takes nothing, and does what it has") {
  agent<int> a{0};
  occupation busy{a};
  auto f = a.ask([](int& n) { return ++n; });
  a.close();
  CHECK(a.closed());
  CHECK_THROWS_AS(a.tell([](int&) {}), shutdown_error);
  CHECK_THROWS_AS(a.ask([](int&) {}), shutdown_error);
  busy.end();
  CHECK(f.get() == 1);
}

TEST_CASE("agent: closing it ends the wait for room") {
  agent<int> a{0, {.capacity = 1, .callers_run = false}};
  occupation busy{a};
  a.tell([](int&) {});
  gate refused;
  std::jthread sender{[&] {
    try {
      a.tell([](int&) {});
    } catch (const shutdown_error&) {
      refused.open();
    }
  }};
  a.close();
  refused.pass();
}

TEST_CASE("agent: stopped, it drops what has not begun") {
  auto token = std::make_shared<int>(0);
  agent<int> a{0};
  future<int> asked;
  bool done = false;
  std::jthread stopper;
  {
    occupation busy{a};
    asked = a.ask([token](int& n) { return n; });
    a.tell([&done, token](int&) { done = true; });
    gate begun;
    stopper = std::jthread{[&] {
      begun.open();
      a.stop();
    }};
    begun.pass();
    CHECK(eventually([&] { return a.closed(); }));
  }
  stopper.join();
  CHECK_FALSE(done);
  CHECK_THROWS_AS(asked.get(), cancelled_error);
  CHECK(a.size() == 0);
  CHECK(a.stats().dropped == 2);
  asked = {};
  CHECK(token.use_count() == 1);
}

TEST_CASE("agent: the state goes with it, even if somebody still has a future") {
  auto token = std::make_shared<int>(0);
  future<int> f;
  {
    agent<std::shared_ptr<int>> a{token};
    occupation busy{a};
    f = a.ask([](auto& t) { return *t; });
  }
  CHECK(token.use_count() == 1);
  CHECK(f.get() == 0);
}

TEST_CASE("agent: it can be moved, and goes on") {
  agent<int> a{1};
  a.tell([](int& n) { ++n; });
  agent<int> b{std::move(a)};
  b.tell([](int& n) { ++n; });
  CHECK(b.snapshot() == 3);
  agent<int> c{5};
  c = std::move(b);
  CHECK(c.snapshot() == 3);
}

// -- a system by hand -----------------------------------------------------------------------------------

TEST_CASE("agent: a test runs it by hand") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  agent<int> a{sys, 0};
  for (int i = 0; i < 3; ++i)
    a.tell([](int& n) { ++n; });
  CHECK(a.size() == 3);
  CHECK(sys.run_all() > 0);
  CHECK(a.size() == 0);
  a.tell([](int& n) { ++n; });
  CHECK(a.snapshot() == 4); // who waits runs it
}
