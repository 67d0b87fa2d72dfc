#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>

#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/rate_limiter/actor.hpp"
#include "actors/rate_limiter/locked.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using std::chrono::nanoseconds;
using time_point = token_bucket::time_point;
using turns = std::vector<nanoseconds>;

/// A time that passes only when told to, or when somebody sleeps.
class hand_clock {
public:
  time_point now() const { return *now_; }
  void wait_until(time_point t) const { *now_ = std::max(*now_, t); }
  void advance(nanoseconds time) const { *now_ += time; }

private:
  std::shared_ptr<time_point> now_ = std::make_shared<time_point>(1h);
};

/// A time that stands still. It writes down for how long each would have slept.
class still_clock {
public:
  time_point now() const { return time_point{1h}; }
  void wait_until(time_point t) const {
    std::lock_guard lock{slept_->mutex};
    slept_->turns.push_back(t - now());
  }
  turns slept() const {
    std::sort(slept_->turns.begin(), slept_->turns.end());
    return slept_->turns;
  }

private:
  struct notes {
    std::mutex mutex;
    ::turns turns;
  };
  std::shared_ptr<notes> slept_ = std::make_shared<notes>();
};

/// A thread that is let through: each member returns for how long it waited, or nothing.
class sleeping_client {
public:
  explicit sleeping_client(rate_limit limit) : limiter_(limit, clock_) {}

  std::optional<nanoseconds> acquire(int tokens) {
    return waited([&] { return limiter_.acquire(tokens), true; });
  }
  std::optional<nanoseconds> acquire_for(int tokens, nanoseconds limit) {
    return waited([&] { return limiter_.acquire_for(tokens, limit); });
  }
  std::optional<nanoseconds> try_acquire(int tokens) {
    return waited([&] { return limiter_.try_acquire(tokens); });
  }
  void advance(nanoseconds time) { clock_.advance(time); }

private:
  template <class F>
  std::optional<nanoseconds> waited(F f) {
    auto begin = clock_.now();
    if (!f())
      return std::nullopt;
    return clock_.now() - begin;
  }

  hand_clock clock_;
  lock_based::rate_limiter<hand_clock> limiter_;
};

/// The same, of a client that is an actor.
class asking_client {
public:
  explicit asking_client(rate_limit limit)
    : limiter_(world_.sys.spawn(rate_limiter, limit)), me_(world_.client()) {}

  template <class... Limit>
  std::optional<nanoseconds> acquire(int tokens, Limit... limit) {
    auto begin = world_.sys.caf().clock().now();
    world_.ask<bool>(me_, "", limiter_, acquire_atom_v, tokens, limit...);
    while (world_.log.empty())
      world_.sys.advance(1ms);
    auto answer = world_.taken().front();
    if (answer == ": invalid_argument")
      throw std::invalid_argument("refused");
    if (answer == ": no")
      return std::nullopt;
    return world_.sys.caf().clock().now() - begin;
  }
  auto acquire_for(int tokens, nanoseconds limit) { return acquire(tokens, limit); }
  auto try_acquire(int tokens) { return acquire(tokens, 0ns); }
  void advance(nanoseconds time) { world_.sys.advance(time); }

private:
  by_hand world_;
  rate_limiter_actor limiter_;
  caf::actor me_;
};

constexpr rate_limit ten_per_second{.rate = 10, .burst = 3};

} // namespace

// -- the contract ---------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("rate_limiter: a burst at once, then at its rate", Client, sleeping_client,
                   asking_client) {
  Client client{ten_per_second};
  for (int i = 0; i < 3; ++i)
    CHECK(client.acquire(1) == 0ms);
  for (int i = 0; i < 3; ++i)
    CHECK(client.acquire(1) == 100ms);
  CHECK(client.acquire(2) == 200ms);
  client.advance(50ms);
  CHECK(client.acquire(1) == 50ms);
}

TEST_CASE_TEMPLATE("rate_limiter: a pause fills the bucket, and no more than that", Client,
                   sleeping_client, asking_client) {
  Client client{ten_per_second};
  CHECK(client.acquire(3) == 0ms);
  client.advance(200ms);
  CHECK(client.acquire(2) == 0ms);
  CHECK(client.acquire(1) == 100ms);
  client.advance(1h);
  CHECK(client.acquire(3) == 0ms);
  CHECK(client.acquire(3) == 300ms);
}

TEST_CASE_TEMPLATE("rate_limiter: who would wait for too long takes nothing", Client,
                   sleeping_client, asking_client) {
  Client client{ten_per_second};
  CHECK(client.try_acquire(3) == 0ms);
  CHECK(client.try_acquire(1) == std::nullopt);
  CHECK(client.acquire_for(1, 99ms) == std::nullopt);
  CHECK(client.acquire_for(1, -1h) == std::nullopt);
  CHECK(client.acquire_for(1, 100ms) == 100ms);
  client.advance(100ms);
  CHECK(client.try_acquire(2) == std::nullopt);
  CHECK(client.acquire_for(1, -1h) == 0ms); // it need not wait
  CHECK(client.acquire_for(1, nanoseconds::max()) == 100ms);
}

TEST_CASE_TEMPLATE("rate_limiter: what is wrong is refused", Client, sleeping_client,
                   asking_client) {
  Client client{ten_per_second};
  for (int tokens : {0, -1, 4, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
    CHECK_THROWS_AS(client.acquire(tokens), std::invalid_argument);
    CHECK_THROWS_AS(client.try_acquire(tokens), std::invalid_argument);
  }
  CHECK(client.try_acquire(3) == 0ms);
}

TEST_CASE("rate_limiter: a rate or a burst that is none makes no limiter") {
  constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
  mailroom::system sys;
  for (auto limit : {rate_limit{0, 1}, {-1, 1}, {nan, 1}, {1, 0}, {1, -1}, {1e-300, 1}}) {
    CHECK_FALSE(limit.valid());
    CHECK_THROWS_AS(lock_based::rate_limiter<>{limit}, std::invalid_argument);
    auto ended = sys.spawn(rate_limiter, limit);
    CHECK_THROWS_AS(ask<bool>(sys, ended, 10s, acquire_atom_v, 1), system_error);
  }
  CHECK(rate_limit{1e300, 1}.valid());
  lock_based::rate_limiter<> as_good_as_none{{1e300, 1}};
  as_good_as_none.acquire();
  as_good_as_none.acquire();
}

// -- many at once -----------------------------------------------------------------------------------------

TEST_CASE("rate_limiter.locked: no two threads have the same turn") {
  constexpr int threads = 4, each = 25;
  still_clock clock;
  {
    lock_based::rate_limiter<still_clock> limiter{ten_per_second, clock};
    std::vector<sync::thread> clients;
    for (int t = 0; t < threads; ++t)
      clients.emplace_back("client", [&] {
        for (int i = 0; i < each; ++i)
          limiter.acquire();
      });
  }
  turns expected(2, 0ms);
  for (int i = 0; i <= threads * each - 3; ++i)
    expected.push_back(i * 100ms);
  CHECK(clock.slept() == expected);
}

TEST_CASE_FIXTURE(by_hand, "rate_limiter.actor: turns come in order of arrival") {
  auto limiter = sys.spawn(rate_limiter, rate_limit{10, 2});
  ask<bool>("a 2", limiter, acquire_atom_v, 2);
  ask<bool>("b 2", limiter, acquire_atom_v, 2);
  ask<bool>("c 1", limiter, acquire_atom_v, 1); // would be there earlier
  ask<bool>("d in 0.3 s", limiter, acquire_atom_v, 1, nanoseconds{300ms});
  CHECK(taken() == lines{"a 2: yes", "d in 0.3 s: no"});
  sys.advance(200ms - 1ns);
  CHECK(taken() == lines{});
  sys.advance(1ns);
  CHECK(taken() == lines{"b 2: yes"});
  sys.advance(100ms);
  CHECK(taken() == lines{"c 1: yes"});
}

TEST_CASE_FIXTURE(by_hand, "rate_limiter.actor: who ends gives its turn to those behind it") {
  auto limiter = sys.spawn(rate_limiter, rate_limit{10, 2});
  ask<bool>("a", limiter, acquire_atom_v, 2);
  auto b = ask<bool>("b", limiter, acquire_atom_v, 1);
  auto c = ask<bool>("c", limiter, acquire_atom_v, 2);
  ask<bool>("d", limiter, acquire_atom_v, 1);
  sys.advance(50ms);
  CHECK(taken() == lines{"a: yes"});
  end(c);
  sys.advance(50ms);
  CHECK(taken() == lines{"b: yes"});
  sys.advance(100ms - 1ns);
  CHECK(taken() == lines{});
  sys.advance(1ns);
  CHECK(taken() == lines{"d: yes"});
  end(b); // which has used its token
  ask<bool>("e", limiter, acquire_atom_v, 1, 0ns);
  CHECK(taken() == lines{"e: no"});
}

TEST_CASE_FIXTURE(by_hand,
                  "rate_limiter.actor: when the first ends, the next may be late already") {
  auto limiter = sys.spawn(rate_limiter, rate_limit{10, 2});
  ask<bool>("a", limiter, acquire_atom_v, 2);
  auto b = ask<bool>("b", limiter, acquire_atom_v, 2);
  ask<bool>("c", limiter, acquire_atom_v, 1);
  sys.advance(150ms);
  CHECK(taken() == lines{"a: yes"});
  end(b);
  CHECK(taken() == lines{"c: yes"});
  ask<bool>("half a token is left", limiter, acquire_atom_v, 1);
  sys.advance(50ms);
  CHECK(taken() == lines{"half a token is left: yes"});
}
