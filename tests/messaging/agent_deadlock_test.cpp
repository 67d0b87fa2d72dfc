#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/messaging/transact.hpp"
#include "messaging/support.hpp"

using namespace mailroom;
using namespace mailroom::test;

// Agents that wait for each other: they are told, and nobody hangs.

namespace {

/// What a future failed with; empty if it did not.
std::string message_of(const any_future& f) {
  auto failure = f.exception();
  return failure ? describe(failure) : std::string{};
}

/// Three agents, 1, 1 and 1, in the order in which transactions take them.
class trio {
public:
  trio() {
    for (auto* name : {"a", "b", "c"})
      agents_.push_back(std::make_unique<agent<int>>(sys_, 1, agent_options{.name = name}));
    std::ranges::sort(agents_, {}, [](auto& a) { return &a->core(); });
  }

  agent<int>& operator[](std::size_t i) { return *agents_[i]; }
  std::string name(std::size_t i) { return std::string{agents_[i]->core().name()}; }

  /// Has one of them say that it is in, wait until it may go on, and do something.
  template <class F>
  future<void> occupy(std::size_t i, gate& in, gate& go, F then) {
    promise<void> p;
    auto result = p.get_future();
    agents_[i]->tell([&in, &go, then, p = std::move(p)](int&) mutable {
      in.open();
      try {
        go.pass();
        then();
        p.set_value();
      } catch (...) {
        p.set_exception(std::current_exception());
      }
    });
    in.pass();
    return result;
  }

  auto asking(std::size_t i) {
    return [this, i] { agents_[i]->ask([](int&) {}).get(); };
  }

private:
  mailroom::system sys_{{.threads = 3}};
  std::vector<std::unique_ptr<agent<int>>> agents_;
};

} // namespace

TEST_CASE("agents: one that waits for itself is told") {
  agent<int> a{1, {.name = "narcissus"}};
  auto f = a.ask([&](int&) { return a.ask([](int& n) { return n; }).get(); });
  CHECK_THROWS_AS(f.get(), would_deadlock);
  CHECK(message_of(f)
        == "mailroom::would_deadlock: waiting would never end: narcissus waits for narcissus");
  CHECK(a.snapshot() == 1);
}

TEST_CASE("agents: of two that wait for each other, one is told") {
  mailroom::system sys{{.threads = 2}};
  agent<int> a{sys, 1, {.name = "a", .callers_run = false}};
  agent<int> b{sys, 2, {.name = "b", .callers_run = false}};
  gate a_is_in;
  gate b_is_in;
  auto get = [](int& n) { return n; };
  auto f = a.ask([&](int&) {
    a_is_in.open();
    b_is_in.pass();
    return b.ask(get).get();
  });
  auto g = b.ask([&](int&) {
    b_is_in.open();
    a_is_in.pass();
    return a.ask(get).get();
  });
  bool f_failed = f.exception() != nullptr;
  bool g_failed = g.exception() != nullptr;
  CHECK(f_failed != g_failed);
  auto text = message_of(f_failed ? f : g);
  CHECK(
    text
    == (f_failed
          ? "mailroom::would_deadlock: waiting would never end: a waits for b, which waits for a"
          : "mailroom::would_deadlock: waiting would never end: b waits for a, which waits for b"));
}

TEST_CASE("agents: waiting for a while is no deadlock") {
  agent<int> a{1};
  auto f = a.ask([&](int&) {
    auto mine = a.ask([](int& n) { return n; });
    return mine.wait_for(std::chrono::milliseconds{1});
  });
  CHECK_FALSE(f.get());
}

TEST_CASE("agents: waiting for another one is no deadlock, though nobody else could run it") {
  mailroom::system sys{{.threads = 1}};
  agent<int> b{sys, 1};
  agent<int> a{sys, 0};
  for (int round = 0; round < 100; ++round) {
    gate held;
    gate go;
    std::jthread holder{[&] {
      b.ask([&](int&) {
         held.open();
         go.pass();
       })
        .get();
    }};
    held.pass();
    for (int i = 0; i < 100; ++i) // more than an outsider does for others
      b.tell([](int&) {});
    // The only thread of the system waits for b, which an outsider has.
    gate waits;
    a.tell([&](int& n) {
      auto f = b.ask([](int& m) { return m; });
      waits.open();
      n += f.get();
    });
    waits.pass();
    go.open();
    CHECK(a.snapshot() == round + 1);
  }
}

TEST_CASE("agents: one that waits for itself within a transaction is told") {
  agent<int> a{1};
  agent<int> b{2};
  auto f = transact(a, b, [&](int&, int&) { return a.ask([](int& n) { return n; }).get(); });
  CHECK_THROWS_AS(f.get(), would_deadlock);
}

TEST_CASE("agents: one that waits for what a transaction holds that waits for it is told") {
  trio t;
  gate in;
  gate go;
  auto asked = t.occupy(2, in, go, t.asking(0));
  auto both = transact(t[0], t[2], [](int x, int y) { return x + y; });
  go.open();
  CHECK(message_of(asked)
        == "mailroom::would_deadlock: waiting would never end: " + t.name(2) + " waits for "
             + t.name(0) + ", which waits for a transaction, which waits for " + t.name(2));
  CHECK(both.get() == 2);
}

TEST_CASE("agents: a transaction that comes to wait for one that waits for it is told") {
  trio t;
  gate busy;
  gate leave;
  auto middle = t.occupy(1, busy, leave, [] {});
  auto all = transact(t[0], t[1], t[2], [](int, int, int) {}); // has 0, waits for 1
  gate in;
  gate go;
  auto asked = t.occupy(2, in, go, t.asking(0));
  go.open();
  CHECK(eventually([&] { return t[0].size() == 1; })); // it waits for 0, or is about to
  leave.open();
  auto told = message_of(all) + message_of(asked);
  CHECK(told.starts_with("mailroom::would_deadlock: waiting would never end: "));
  CHECK(t[0].snapshot() + t[1].snapshot() + t[2].snapshot() == 3);
}

TEST_CASE("agents: tasks of a pool may wait for them") {
  actor_pool_executor pool{{.max_workers = 2}};
  agent<long> sum{0};
  std::vector<future<void>> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(pool.submit([&sum] { sum.ask([](long& s) { ++s; }).get(); }));
  for (auto& f : all)
    f.get();
  CHECK(sum.snapshot() == 200);
}

// -- transactions ---------------------------------------------------------------------------------------

TEST_CASE("transact: it does it at once if all are free") {
  agent<int> a{1};
  agent<int> b{2};
  auto f = transact(a, b, [](int&, int&) { return std::this_thread::get_id(); });
  CHECK(f.done());
  CHECK(f.get() == std::this_thread::get_id());
}

TEST_CASE("transact: it waits its turn, and no thread waits for it") {
  agent<int> a{1};
  agent<int> b{2};
  agent<int> c{3};
  for (auto* busy : {&a, &b, &c}) {
    occupation occupied{*busy};
    auto f = transact(a, b, c, [](int& x, int& y, int& z) { return ++x + ++y + ++z; });
    CHECK_FALSE(f.done());
    occupied.end();
    f.get();
  }
  CHECK(transact(a, b, c, [](int x, int y, int z) { return x + y + z; }).get() == 6 + 9);
}

TEST_CASE("transact: an agent named twice, or one that is closed") {
  agent<int> a{1};
  agent<int> b{2};
  CHECK_THROWS_AS(transact(a, a, [](int&, int&) {}), std::invalid_argument);
  b.close();
  CHECK_THROWS_AS(transact(a, b, [](int&, int&) {}), shutdown_error);
  CHECK(a.snapshot() == 1);
}

TEST_CASE("transact: stopping an agent it waits for cancels it, and frees the others") {
  agent<int> a{1};
  agent<int> b{2};
  for (auto* busy : {&a, &b}) {
    agent<int> other{3};
    occupation occupied{*busy};
    auto f = transact(*busy, other, [](int&, int&) {});
    std::jthread stopper{[&] { busy->stop(); }};
    CHECK(eventually([&] { return busy->closed(); }));
    occupied.end();
    CHECK_THROWS_AS(f.get(), error); // cancelled, or shut down before it could sit down
    CHECK(other.snapshot() == 3);
  }
}

TEST_CASE("transact: one that is taken back does nothing, and frees the agents") {
  agent<int> a{1};
  agent<int> b{2};
  occupation occupied{a};
  auto f = transact(a, b, [](int& x, int& y) { x = y = 0; });
  CHECK(f.cancel());
  occupied.end();
  CHECK(transact(a, b, [](int x, int y) { return x + y; }).get() == 3);
}
