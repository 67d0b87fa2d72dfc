#include <atomic>
#include <memory>
#include <random>

#include <doctest/doctest.h>

#include "actors/arbiter/actor.hpp"
#include "actors/arbiter/locked.hpp"
#include "actors/by_hand.hpp"
#include "executor/support.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using std::chrono::nanoseconds;
using ending = explore::ending;

/// An arbiter that is an actor, for threads: each lease has an actor of its own that holds it.
class asked_arbiter {
public:
  explicit asked_arbiter(int count) : arbiter_(sys_.spawn(arbiter, count)) {}

  class lease {
  public:
    explicit operator bool() const { return id_ != no_lease; }
    void release() { holder_.reset(); }

  private:
    friend class asked_arbiter;
    struct holder {
      explicit holder(caf::actor_system& sys) : self(sys) {}
      mailroom::detail::visit visit;
      caf::scoped_actor self;
    };
    std::unique_ptr<holder> holder_;
    lease_id id_ = no_lease;
  };

  lease acquire(const resources& wanted) { return asked(wanted); }
  lease acquire_for(const resources& wanted, nanoseconds limit) { return asked(wanted, limit); }
  lease try_acquire(const resources& wanted) { return asked(wanted, 0ns); }
  int free() { return ask<int>(sys_, arbiter_, 10s, get_atom_v); }

private:
  template <class... Limit>
  lease asked(const resources& wanted, Limit... limit) {
    lease mine;
    mine.holder_ = std::make_unique<lease::holder>(sys_.caf());
    auto take = [&](lease_id id) { mine.id_ = id; };
    auto fail = [](caf::error&) { throw std::invalid_argument("refused"); };
    mine.holder_->self->request(arbiter_, 10s, acquire_atom_v, wanted, limit...)
      .receive(take, fail);
    return mine;
  }

  mailroom::system sys_;
  arbiter_actor arbiter_;
};

/// What each philosopher needs: the forks at both hands.
resources forks_of(int philosopher, int table) {
  return {philosopher, (philosopher + 1) % table};
}

/// Who eats, and whether two neighbours ever did.
class table {
public:
  explicit table(int seats) : eats_(static_cast<std::size_t>(seats)) {}

  void begin(int philosopher) {
    int n = static_cast<int>(eats_.size());
    seat(philosopher) = true;
    if (seat((philosopher + 1) % n) || seat((philosopher + n - 1) % n))
      quarrels = true;
  }
  void end(int philosopher) { seat(philosopher) = false; }

  std::atomic<bool> quarrels{false};

private:
  std::atomic<bool>& seat(int i) { return eats_[static_cast<std::size_t>(i)]; }

  std::vector<std::atomic<bool>> eats_;
};

/// An actor that eats `meals` times, then ends.
caf::behavior philosopher(caf::event_based_actor* self, arbiter_actor forks, table* dinner, int me,
                          int seats, int meals) {
  self->send(self, put_atom_v, meals);
  auto eat = [=](put_atom, int left) {
    if (left == 0)
      return self->quit();
    self->request(forks, caf::infinite, acquire_atom_v, forks_of(me, seats))
      .then([=](lease_id lease) {
        dinner->begin(me);
        self->send(self, done_atom_v, lease, left - 1);
      });
  };
  auto think = [=](done_atom, lease_id lease, int left) {
    dinner->end(me);
    self->send(forks, release_atom_v, lease);
    self->send(self, put_atom_v, left);
  };
  return {eat, think};
}

} // namespace

// -- the contract ---------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("arbiter: all at once, or none", Arbiter, lock_based::arbiter, asked_arbiter) {
  Arbiter arbiter{4};
  auto first = arbiter.acquire({1, 0, 1});
  CHECK(first);
  CHECK(arbiter.free() == 2);
  CHECK_FALSE(arbiter.try_acquire({1, 2}));
  CHECK_FALSE(arbiter.acquire_for({0, 3}, 1us));
  CHECK(arbiter.free() == 2);
  auto second = arbiter.acquire_for({2, 3}, 1h);
  CHECK(second);
  first.release();
  CHECK(arbiter.try_acquire({0, 1}));
}

TEST_CASE_TEMPLATE("arbiter: a lease ends with whoever has it", Arbiter, lock_based::arbiter,
                   asked_arbiter) {
  Arbiter arbiter{2};
  for (int i = 0; i < 3; ++i)
    CHECK(arbiter.acquire({0, 1}));
  auto mine = arbiter.acquire({0});
  {
    auto moved = std::move(mine);
    CHECK_FALSE(arbiter.try_acquire({0}));
  }
  CHECK(arbiter.acquire({0}));
}

TEST_CASE_TEMPLATE("arbiter: nobody is overtaken by one who wants the same", Arbiter,
                   lock_based::arbiter, asked_arbiter) {
  Arbiter arbiter{3};
  auto first = arbiter.acquire({0});
  sync::thread waiting{"waiting", [&] { CHECK(arbiter.acquire({0, 1})); }};
  // As soon as it waits, 1 is spoken for, though nobody has it.
  CHECK(eventually([&] { return !arbiter.try_acquire({1}); }));
  CHECK(arbiter.try_acquire({2})); // which is another matter
  CHECK_FALSE(arbiter.try_acquire({1, 2}));
  first.release();
  waiting.join();
  CHECK(arbiter.acquire({0, 1, 2}));
}

TEST_CASE_TEMPLATE("arbiter: who stops waiting is in nobody's way", Arbiter, lock_based::arbiter,
                   asked_arbiter) {
  Arbiter arbiter{2};
  auto first = arbiter.acquire({0});
  std::atomic<bool> over{false};
  sync::thread impatient{"impatient", [&] {
                           CHECK_FALSE(arbiter.acquire_for({0, 1}, 10ms));
                           over = true;
                         }};
  CHECK(eventually([&] { return over || !arbiter.try_acquire({1}); })); // it waits, or has waited
  sync::thread behind{"behind", [&] { CHECK(arbiter.acquire({1})); }};
  impatient.join();
  behind.join();
  CHECK(arbiter.free() == 1);
}

TEST_CASE_TEMPLATE("arbiter: what is wrong is refused", Arbiter, lock_based::arbiter,
                   asked_arbiter) {
  Arbiter arbiter{2};
  CHECK_THROWS_AS(arbiter.acquire({}), std::invalid_argument);
  CHECK_THROWS_AS(arbiter.acquire({-1}), std::invalid_argument);
  CHECK_THROWS_AS(arbiter.try_acquire({0, 2}), std::invalid_argument);
  CHECK(arbiter.free() == 2);
}

TEST_CASE("arbiter: without resources there is none") {
  CHECK_THROWS_AS(lock_based::arbiter{0}, std::invalid_argument);
  CHECK_THROWS_AS(asked_arbiter{-1}.free(), system_error);
}

TEST_CASE_TEMPLATE("arbiter: no resource has two holders, and all come to their turn", Arbiter,
                   lock_based::arbiter, asked_arbiter) {
  constexpr int count = 4;
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  Arbiter arbiter{count};
  std::vector<std::atomic<int>> holders(count);
  std::atomic<bool> shared{false};
  {
    std::vector<sync::thread> threads;
    for (unsigned t = 0; t < 4; ++t)
      threads.emplace_back("client", [&, t] {
        std::mt19937 random{seed + t};
        for (int i = 0; i < 100; ++i) {
          resources wanted{static_cast<int>(random() % count), static_cast<int>(random() % count)};
          if (wanted[0] == wanted[1])
            wanted.pop_back();
          auto lease = arbiter.acquire(wanted);
          for (int r : wanted)
            if (holders[static_cast<std::size_t>(r)]++ > 0)
              shared = true;
          for (int r : wanted)
            --holders[static_cast<std::size_t>(r)];
        }
      });
  }
  CHECK_FALSE(shared);
  CHECK(arbiter.free() == count);
}

// -- dinner -----------------------------------------------------------------------------------------------

TEST_CASE("arbiter.locked: five philosophers eat, and no two neighbours at once") {
  constexpr int seats = 5;
  table dinner{seats};
  lock_based::arbiter forks{seats};
  {
    std::vector<sync::thread> threads;
    for (int me = 0; me < seats; ++me)
      threads.emplace_back("philosopher", [&, me] {
        for (int meal = 0; meal < 300; ++meal) {
          auto lease = forks.acquire(forks_of(me, seats));
          dinner.begin(me);
          sync::pause();
          dinner.end(me);
        }
      });
  }
  CHECK_FALSE(dinner.quarrels);
  CHECK(forks.free() == seats);
}

TEST_CASE("arbiter.actor: five philosophers eat, and no two neighbours at once") {
  constexpr int seats = 5;
  table dinner{seats};
  mailroom::system sys;
  auto forks = sys.spawn(arbiter, seats);
  std::vector<caf::actor> philosophers;
  for (int me = 0; me < seats; ++me)
    philosophers.push_back(sys.spawn(philosopher, forks, &dinner, me, seats, 300));
  REQUIRE(await_end(sys, philosophers, std::chrono::steady_clock::now() + 30s) == 0);
  CHECK_FALSE(dinner.quarrels);
  CHECK(ask<int>(sys, forks, 10s, get_atom_v) == seats);
}

TEST_CASE("arbiter.locked: each picks up one fork and waits for the other, and all starve") {
  auto one_by_one = [] {
    lock_based::arbiter forks{2};
    auto eat = [&](int first, int second) {
      auto one = forks.acquire({first});
      auto other = forks.acquire({second}); // not what it is made for
    };
    sync::thread a{"A", [&] { eat(0, 1); }};
    sync::thread b{"B", [&] { eat(1, 0); }};
  };
  auto run = explore::replay(one_by_one, "AAA"
                                         "BBB"
                                         "AA"
                                         "BB");
  CHECK(run.end == ending::deadlock);
  CHECK(run.why == "A waits to wake changed; B waits to wake changed");
}

// -- who waits for the actor ------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "arbiter.actor: in order of arrival, but past those with other wishes") {
  auto lender = sys.spawn(arbiter, 4);
  auto want = [&](const std::string& name, resources what) {
    return ask<lease_id>(name, lender, acquire_atom_v, what);
  };
  auto first = want("0 1", {0, 1});
  auto second = want("1 2", {1, 2});
  auto third = want("2", {2});  // which is free, but spoken for
  auto fourth = want("3", {3}); // in nobody's way
  auto fifth = want("0", {0});
  CHECK(taken() == lines{"0 1: 1", "3: 2"});
  ask<void>(first, "released", lender, release_atom_v, lease_id{1});
  CHECK(taken() == lines{"1 2: 3", "0: 4", "released: done"});
  end(second); // with its lease
  CHECK(taken() == lines{"2: 5"});
  ask<int>("free", lender, get_atom_v);
  CHECK(taken() == lines{"free: 1"});
}

TEST_CASE_FIXTURE(by_hand, "arbiter.actor: who ends is forgotten, with all it had and wanted") {
  auto lender = sys.spawn(arbiter, 3);
  auto greedy = ask<lease_id>("0", lender, acquire_atom_v, resources{0});
  ask<lease_id>(greedy, "1", lender, acquire_atom_v, resources{1});
  ask<lease_id>(greedy, "0 2", lender, acquire_atom_v, resources{0, 2});
  ask<lease_id>("all", lender, acquire_atom_v, resources{0, 1, 2});
  CHECK(taken() == lines{"0: 1", "1: 2"});
  end(greedy);
  CHECK(taken() == lines{"all: 3"});
}

TEST_CASE_FIXTURE(by_hand, "arbiter.actor: when time is up for one, those behind it move up") {
  auto lender = sys.spawn(arbiter, 2);
  auto first = ask<lease_id>("0", lender, acquire_atom_v, resources{0});
  ask<lease_id>("0 1", lender, acquire_atom_v, resources{0, 1}, nanoseconds{1s});
  auto behind = ask<lease_id>("1", lender, acquire_atom_v, resources{1});
  sys.advance(1s - 1ns);
  CHECK(taken() == lines{"0: 1"});
  sys.advance(1ns);
  CHECK(taken() == lines{"0 1: 0", "1: 2"});
}

TEST_CASE_FIXTURE(by_hand, "arbiter.actor: only whoever has a lease can release it") {
  auto lender = sys.spawn(arbiter, 1);
  auto holder = ask<lease_id>("mine", lender, acquire_atom_v, resources{0});
  ask<void>("thief", lender, release_atom_v, lease_id{1});
  ask<lease_id>("theirs", lender, acquire_atom_v, resources{0}, nanoseconds{1s});
  sys.advance(1s);
  CHECK(taken() == lines{"mine: 1", "thief: done", "theirs: 0"});
  ask<void>(holder, "released", lender, release_atom_v, lease_id{1});
  ask<void>(holder, "again", lender, release_atom_v, lease_id{1});
  ask<int>("free", lender, get_atom_v);
  CHECK(taken() == lines{"released: done", "again: done", "free: 1"});
}
