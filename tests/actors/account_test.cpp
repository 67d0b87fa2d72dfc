#include <doctest/doctest.h>

#include "actors/account/actor.hpp"
#include "actors/account/locked.hpp"
#include "actors/account/naive_actor.hpp"
#include "actors/account/racy.hpp"
#include "actors/account/step_locked.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

using ending = explore::ending;

/// 100 in the account, two want 75 each.
template <class Account>
void two_withdrawals() {
  Account account{100};
  bool first = false;
  bool second = false;
  {
    sync::thread a{"A", [&] { first = account.withdraw(75); }};
    sync::thread b{"B", [&] { second = account.withdraw(75); }};
  }
  explore::ensure(first != second, "not exactly one got the money");
  explore::ensure(account.balance() == 25, "the balance is wrong");
}

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("account.racy: both look before one takes, and both get the money") {
  auto run = explore::replay(two_withdrawals<racy::account>, "ABBA");
  CHECK(run.end == ending::violated);
  CHECK(run.why == "not exactly one got the money");
}

TEST_CASE("account.racy: one after the other, one is refused") {
  CHECK(explore::replay(two_withdrawals<racy::account>, "AAB").end == ending::fine);
}

TEST_CASE("account.step_locked: locks around each step do not help") {
  // Each lock and unlock is a step: A looks (AA), B looks (BB), then both take.
  auto run = explore::replay(two_withdrawals<step_locked::account>, "AABBAABB");
  CHECK(run.end == ending::violated);
  CHECK(run.why == "not exactly one got the money");
}

TEST_CASE("account.naive_actor: both ask before one puts, and both get the money") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto balance = sys.spawn(cell, 100);
  int granted = 0;
  auto count = [&](bool yes) { granted += yes ? 1 : 0; };
  sys.spawn(naive_customer, balance, 75, 1ms, count);
  sys.spawn(naive_customer, balance, 75, 1ms, count);
  sys.run_all(); // both get
  CHECK(granted == 0);
  sys.advance(1ms); // both put
  CHECK(granted == 2);
}

// -- the cure -------------------------------------------------------------------------------------------

TEST_CASE("account.locked: nobody gets in between looking and taking") {
  CHECK_THROWS_AS(explore::replay(two_withdrawals<lock_based::account>, "AB"),
                  explore::schedule_error);
  CHECK(explore::replay(two_withdrawals<lock_based::account>, "AABB").end == ending::fine);
  CHECK(explore::replay(two_withdrawals<lock_based::account>, "BBAA").end == ending::fine);
}

TEST_CASE("account.locked: never more is taken than was there") {
  for (int customers : {1, 2, 3, 7}) {
    lock_based::account account{100};
    sync::atomic<int> granted{0};
    {
      std::vector<sync::thread> threads;
      for (int i = 0; i < customers; ++i)
        threads.emplace_back("customer", [&] {
          for (int n = 0; n < 100; ++n)
            granted.fetch_add(account.withdraw(3) ? 1 : 0);
        });
    }
    CHECK(granted.load() == 33);
    CHECK(account.balance() == 1);
  }
}

TEST_CASE("account.actor: exactly what is there is given") {
  for (int customers : {1, 2, 3, 7}) {
    mailroom::system sys;
    auto shared = sys.spawn(account, 100);
    sync::atomic<int> granted{0};
    std::vector<caf::actor> all;
    for (int i = 0; i < customers; ++i)
      all.push_back(sys.spawn([&, shared](caf::event_based_actor* self) {
        for (int n = 0; n < 100; ++n)
          self->request(shared, caf::infinite, withdraw_atom_v, std::int64_t{3})
            .then([&](bool yes) { granted.fetch_add(yes ? 1 : 0); });
      }));
    REQUIRE(await_end(sys, all, std::chrono::steady_clock::now() + 30s) == 0);
    CHECK(granted.load() == 33);
    CHECK(ask<std::int64_t>(sys, shared, 10s, get_atom_v) == 1);
  }
}

TEST_CASE("account.actor: what is deposited can be withdrawn") {
  mailroom::system sys;
  auto mine = sys.spawn(account, 0);
  CHECK_FALSE(ask<bool>(sys, mine, 10s, withdraw_atom_v, std::int64_t{5}));
  ask<void>(sys, mine, 10s, deposit_atom_v, std::int64_t{5});
  CHECK(ask<bool>(sys, mine, 10s, withdraw_atom_v, std::int64_t{5}));
}
