#include <doctest/doctest.h>

#include "actors/bank/account_locks.hpp"
#include "actors/bank/actor.hpp"
#include "actors/bank/one_lock.hpp"
#include "actors/bank/split_bank.hpp"
#include "actors/by_hand.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

/// A bank that is an actor, for threads.
class asked_bank {
public:
  asked_bank(const bank_terms& terms, int shards) {
    for (int i = 0; i < shards; ++i)
      shards_.push_back(sys_.spawn(shard, terms.of_shard(i, shards)));
    bank_ = sys_.spawn(bank, bank_options{terms, shards_, 0ns});
  }

  bool transfer(const transfer_order& o) {
    try {
      return ask<bool>(sys_, bank_, 10s, transfer_atom_v, o.from, o.to, o.amount);
    } catch (const system_error& e) {
      throw std::invalid_argument(e.what());
    }
  }
  std::int64_t sum() { return ask<std::int64_t>(sys_, bank_, 10s, get_atom_v); }

  /// Returns what is in a shard.
  std::int64_t sum_of(std::size_t shard) {
    return ask<std::int64_t>(sys_, shards_[shard], 10s, get_atom_v);
  }

  void close(std::size_t shard) {
    caf::anon_send_exit(shards_[shard], caf::exit_reason::user_shutdown);
  }

private:
  mailroom::system sys_;
  std::vector<shard_actor> shards_;
  bank_actor bank_;
};

template <int Shards>
class sharded_bank : public asked_bank {
public:
  explicit sharded_bank(const bank_terms& terms) : asked_bank(terms, Shards) {}
};

/// Two transfers that meet, and somebody who counts.
template <class Bank>
void meeting() {
  Bank bank{{2, 100, 150}};
  std::int64_t seen = 0;
  {
    sync::thread a{"A", [&] { bank.transfer({0, 1, 50}); }};
    sync::thread b{"B", [&] { bank.transfer({1, 0, 75}); }};
    sync::thread reader{"reader", [&] { seen = bank.sum(); }};
  }
  explore::ensure(seen == 200, "money is missing");
  explore::ensure(bank.sum() == 200, "money is lost");
}

} // namespace

// -- the contract -----------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("bank: moves what is there to where there is room", Bank, one_lock::bank,
                   account_locks::bank, sharded_bank<1>, sharded_bank<2>, sharded_bank<3>) {
  Bank bank{{3, 100, 150}};
  CHECK(bank.transfer({0, 1, 50}));
  CHECK_FALSE(bank.transfer({2, 1, 1}));  // no room
  CHECK_FALSE(bank.transfer({0, 2, 51})); // not there
  CHECK(bank.transfer({1, 2, 50}));
  CHECK(bank.transfer({1, 0, 100}));
  CHECK_FALSE(bank.transfer({1, 0, 1}));
  CHECK(bank.transfer({2, 1, 150}));
  CHECK(bank.sum() == 300);
}

TEST_CASE_TEMPLATE("bank: refuses what makes no sense", Bank, one_lock::bank, account_locks::bank,
                   sharded_bank<1>, sharded_bank<2>) {
  Bank bank{{2, 100, 150}};
  for (auto& o :
       {transfer_order{0, 2, 1}, {-1, 0, 1}, {2, 1, 1}, {1, -1, 1}, {1, 1, 1}, {0, 1, -1}})
    CHECK_THROWS_AS(bank.transfer(o), std::invalid_argument);
  CHECK(bank.transfer({0, 1, 0}));
  CHECK(bank.sum() == 200);
}

TEST_CASE("bank.one_lock: the sum is right under every schedule") {
  auto r = explore::threads(meeting<one_lock::bank>);
  CHECK(r.bad() == 0);
  CHECK(r.complete);
}

TEST_CASE("bank.account_locks: the sum is right in every state, and who meets may meet again") {
  auto r = explore::livelocks(meeting<account_locks::bank>);
  CHECK(r.complete);
  for (auto& f : r.findings)
    CHECK(f.end == explore::ending::livelock);
}

// -- actors -----------------------------------------------------------------------------------------------

TEST_CASE("bank.actor: accounts are dealt to the shards like cards") {
  bank_terms terms{5, 100, 150};
  CHECK(terms.of_shard(0, 2).accounts == 3);
  CHECK(terms.of_shard(1, 2).accounts == 2);
  CHECK(terms.of_shard(4, 5).accounts == 1);
  asked_bank bank{terms, 2};
  CHECK(bank.transfer({1, 4, 30}));
  CHECK(bank.sum_of(0) == 330);
  CHECK(bank.sum_of(1) == 170);
}

TEST_CASE("bank.actor: what cannot be deposited is put back") {
  asked_bank bank{{2, 100, 150}, 2};
  CHECK_FALSE(bank.transfer({0, 1, 75}));
  CHECK(bank.sum_of(0) == 100);
}

TEST_CASE("bank.actor: what goes to a shard that is gone is put back") {
  asked_bank bank{{2, 100, 150}, 2};
  bank.close(1);
  CHECK_FALSE(bank.transfer({0, 1, 40}));
  CHECK(bank.sum_of(0) == 100);
  CHECK_FALSE(bank.transfer({1, 0, 40}));
}

TEST_CASE("bank.actor: nobody counts while money is in transit, and what comes later waits") {
  by_hand hands;
  bank_terms terms{2, 100, 150};
  std::vector<shard_actor> shards{hands.sys.spawn(shard, terms.of_shard(0, 2)),
                                  hands.sys.spawn(shard, terms.of_shard(1, 2))};
  auto both = hands.sys.spawn(bank, bank_options{terms, shards, 1h});
  constexpr std::int64_t amount{40};
  hands.ask<bool>("there", both, transfer_atom_v, 0, 1, amount);
  hands.ask<std::int64_t>("sum", both, get_atom_v);
  hands.ask<bool>("back", both, transfer_atom_v, 1, 0, amount);
  hands.ask<std::int64_t>("sum", both, get_atom_v);
  CHECK(hands.taken() == lines{}); // the money has left one account, and is not in the other one
  hands.sys.advance(1h);
  CHECK(hands.taken() == lines{"there: yes", "sum: 200", "sum: 200"});
  hands.ask<std::int64_t>("sum", both, get_atom_v);
  hands.sys.advance(1h);
  CHECK(hands.taken() == lines{"back: yes", "sum: 200"});
}

TEST_CASE("bank.actor: who wants the sum of a bank in ruins hears so") {
  asked_bank bank{{2, 100, 150}, 2};
  bank.close(1);
  CHECK_THROWS_AS(bank.sum(), system_error);
  CHECK_FALSE(bank.transfer({0, 1, 40})); // it still answers
}

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("bank.split_bank: between its two messages, the money is in no account") {
  by_hand hands;
  std::vector<account_actor> accounts{hands.sys.spawn(account, 100), hands.sys.spawn(account, 100)};
  auto split = hands.sys.spawn(split_bank, accounts, 1h);
  hands.ask<bool>("there", split, transfer_atom_v, 0, 1, std::int64_t{40});
  hands.ask<std::int64_t>("sum", split, get_atom_v);
  hands.sys.advance(1h);
  hands.ask<std::int64_t>("sum", split, get_atom_v);
  CHECK(hands.taken() == lines{"there: yes", "sum: 160", "sum: 200"});
}

TEST_CASE("bank.split_bank: what is not there is deposited all the same") {
  by_hand hands;
  std::vector<account_actor> accounts{hands.sys.spawn(account, 100), hands.sys.spawn(account, 100)};
  auto split = hands.sys.spawn(split_bank, accounts, 0s);
  hands.ask<bool>("there", split, transfer_atom_v, 0, 1, std::int64_t{101});
  hands.ask<std::int64_t>("sum", split, get_atom_v);
  hands.ask<bool>("nowhere", split, transfer_atom_v, 0, 2, std::int64_t{1});
  CHECK(hands.taken() == lines{"there: yes", "sum: 301", "nowhere: invalid_argument"});
}
