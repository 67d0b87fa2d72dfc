#include "mailroom/messaging/circuit_breaker.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

/// Time passes when told to.
class by_hand {
public:
  std::chrono::steady_clock::time_point time;

  circuit_options options(int failures, int probes = 1) {
    return {
      .failures = failures, .cool_down = 10s, .probes = probes, .now = [this] { return time; }};
  }
};

void succeed(circuit_breaker& b) {
  b.call([] {});
}

void fail(circuit_breaker& b) {
  CHECK_THROWS_AS(b.call([] { throw mishap("again"); }), mishap);
}

/// Whether a call is refused, unmade.
bool refuses(circuit_breaker& b) {
  bool called = false;
  auto thrown = thrown_by([&] { b.call([&] { called = true; }); });
  CHECK(called == thrown.empty());
  return thrown == "circuit_open";
}

} // namespace

TEST_CASE_FIXTURE(by_hand, "circuit breaker: closed, it is not in the way") {
  circuit_breaker b{options(2)};
  CHECK(b.call([] { return 42; }) == 42);
  int n = 1;
  int& same = b.call([&]() -> int& { return n; });
  CHECK(&same == &n);
  CHECK(*b.call([p = std::make_unique<int>(3)]() mutable { return std::move(p); }) == 3);
  CHECK(b.state() == circuit_state::closed);
}

TEST_CASE_FIXTURE(by_hand, "circuit breaker: failures in a row open it, and it calls nothing") {
  circuit_breaker b{options(3)};
  fail(b);
  fail(b);
  succeed(b); // so they were not in a row
  fail(b);
  fail(b);
  CHECK(b.state() == circuit_state::closed);
  fail(b);
  CHECK(b.state() == circuit_state::open);
  CHECK(refuses(b));
  time += 10s - 1ns;
  CHECK(b.state() == circuit_state::open);
  CHECK_THROWS_WITH_AS(succeed(b), "the circuit is open: the last calls have failed", circuit_open);
}

TEST_CASE_FIXTURE(by_hand,
                  "circuit breaker: after the cool-down, a probe that succeeds closes it") {
  circuit_breaker b{options(1)};
  fail(b);
  time += 10s;
  CHECK(b.state() == circuit_state::half_open);
  b.call([&] {
    CHECK(b.state() == circuit_state::half_open);
    CHECK_THROWS_WITH_AS(
      succeed(b), "the circuit is half open: others try whether it can be closed", circuit_open);
  });
  CHECK(b.state() == circuit_state::closed);
  CHECK_FALSE(refuses(b));
}

TEST_CASE_FIXTURE(by_hand, "circuit breaker: a probe that fails opens it for another cool-down") {
  circuit_breaker b{options(3)};
  for (int i = 0; i < 3; ++i)
    fail(b);
  time += 10s;
  fail(b);
  CHECK(b.state() == circuit_state::open);
  time += 10s - 1ns;
  CHECK(refuses(b));
  time += 1ns;
  CHECK_FALSE(refuses(b));
  CHECK(b.state() == circuit_state::closed);
  fail(b); // and it counts from the beginning
  fail(b);
  CHECK(b.state() == circuit_state::closed);
  fail(b);
  CHECK(b.state() == circuit_state::open);
}

TEST_CASE_FIXTURE(by_hand, "circuit breaker: of several probes, all have to succeed") {
  circuit_breaker b{options(1, 2)};
  fail(b);
  time += 10s;
  succeed(b);
  CHECK(b.state() == circuit_state::half_open);
  succeed(b);
  CHECK(b.state() == circuit_state::closed);
  fail(b);
  time += 10s;
  succeed(b);
  fail(b);
  CHECK(b.state() == circuit_state::open);
  time += 10s;
  succeed(b); // and it counts from the beginning
  CHECK(b.state() == circuit_state::half_open);
  succeed(b);
  CHECK(b.state() == circuit_state::closed);
}

TEST_CASE_FIXTURE(by_hand, "circuit breaker: no more probes at once than it should have") {
  circuit_breaker b{options(1, 2)};
  fail(b);
  time += 10s;
  b.call([&] {
    b.call([&] { CHECK(refuses(b)); });
    CHECK(refuses(b)); // one of two has ended, but no third is needed
  });
  CHECK(b.state() == circuit_state::closed);
}

TEST_CASE_FIXTURE(by_hand, "circuit breaker: a probe that does not come back does not lock it up") {
  circuit_breaker b{options(1)};
  fail(b);
  time += 10s;
  b.call([&] {
    time += 10s - 1ns;
    CHECK(refuses(b));
    time += 1ns;
    CHECK_THROWS_AS(b.call([] { throw mishap("again"); }), mishap);
    CHECK(b.state() == circuit_state::open);
  });
  CHECK(b.state() == circuit_state::open); // that it came back after all has no say
}

TEST_CASE_FIXTURE(by_hand, "circuit breaker: calls from before it opened have no say") {
  circuit_breaker b{options(1)};
  b.call([&] { fail(b); });
  CHECK(b.state() == circuit_state::open);
  time += 10s;
  CHECK_THROWS_AS(b.call([&]() -> void {
    time += 10s;
    succeed(b); // closes it
    throw mishap("long after");
  }),
                  mishap);
  CHECK(b.state() == circuit_state::closed);
}

TEST_CASE_FIXTURE(by_hand, "circuit breaker: what does not count is as good as a success") {
  auto o = options(2);
  o.counts = is_any_of<mishap>;
  circuit_breaker b{o};
  auto complain = [&] {
    CHECK_THROWS_AS(b.call([] { throw std::invalid_argument("you"); }), std::invalid_argument);
  };
  for (int i = 0; i < 5; ++i)
    complain();
  fail(b);
  complain();
  fail(b);
  CHECK(b.state() == circuit_state::closed);
  fail(b);
  time += 10s;
  complain();
  CHECK(b.state() == circuit_state::closed);
}

TEST_CASE("circuit breaker: nonsense is an argument error") {
  CHECK_THROWS_AS(circuit_breaker({.failures = 0}), std::invalid_argument);
  CHECK_THROWS_AS(circuit_breaker({.probes = 0}), std::invalid_argument);
  CHECK_THROWS_AS(circuit_breaker({.cool_down = -1ns}), std::invalid_argument);
  CHECK(to_string(circuit_breaker().state()) == "closed");
  CHECK(to_string(circuit_state::open) == "open");
  CHECK(to_string(circuit_state::half_open) == "half_open");
}

TEST_CASE("circuit breaker: among threads, one probe at a time") {
  std::atomic<int> time{0}; // seconds
  circuit_breaker b{{.failures = 1, .cool_down = 1s, .now = [&] {
                       return std::chrono::steady_clock::time_point{} + time.load() * 1s;
                     }}};
  fail(b);
  std::atomic<int> probes{0};
  std::atomic<int> most{0};
  std::atomic<int> made{0};
  std::atomic<int> refused{0};
  constexpr int rounds = 300;
  constexpr int callers = 3;
  for (int round = 0; round < rounds; ++round) {
    ++time;
    gate go;
    std::vector<std::thread> threads;
    for (int t = 0; t < callers; ++t)
      threads.emplace_back([&] {
        go.pass();
        try {
          b.call([&] {
            ++made;
            most = std::max(most.load(), ++probes);
            std::this_thread::yield();
            --probes;
            throw mishap("again");
          });
        } catch (const mishap&) {
        } catch (const circuit_open&) {
          ++refused;
        }
      });
    go.open();
    for (auto& t : threads)
      t.join();
  }
  CHECK(most == 1);
  CHECK(made == rounds);
  CHECK(refused == rounds * (callers - 1));
  CHECK(b.state() == circuit_state::open);
}
