#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "actors/bank/bank.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::account_locks {

/// A bank with a mutex for each account.
///
/// Shared state: all balances. Guarded by: the mutex of each.
/// Costs: two locks for each transfer, and who wants the sum locks all of them. Transfers take both
/// or none (`std::scoped_lock`): the busier the accounts, the more often they try again.
/// All members may be called by any thread.
class bank {
public:
  /// @param hesitation how long the money of a transfer is in nobody's account.
  explicit bank(const bank_terms& terms, std::chrono::nanoseconds hesitation = {})
    : terms_(terms), hesitation_(hesitation) {
    for (int i = 0; i < terms.accounts; ++i)
      accounts_.emplace_back(i, terms.initial);
  }

  /// Moves the money if it is there, and if there is room for it. Returns whether it was.
  /// Throws `std::invalid_argument` unless both accounts exist.
  bool transfer(const transfer_order& o) {
    terms_.check(o);
    auto& from = accounts_[static_cast<std::size_t>(o.from)];
    auto& to = accounts_[static_cast<std::size_t>(o.to)];
    std::scoped_lock both{from.mutex, to.mutex};
    auto there = from.balance.load();
    auto here = to.balance.load();
    if (there < o.amount || here + o.amount > terms_.most)
      return false;
    from.balance = there - o.amount;
    sync::pause(hesitation_);
    to.balance = here + o.amount;
    return true;
  }

  /// Returns what is in all accounts.
  std::int64_t sum() const {
    std::vector<std::unique_lock<sync::mutex>> all;
    for (auto& a : accounts_) // waits in the order of the accounts, and transfers wait for none
      all.emplace_back(a.mutex);
    std::int64_t total = 0;
    for (auto& a : accounts_)
      total += a.balance;
    return total;
  }

private:
  struct account {
    account(int number, std::int64_t initial)
      : name("account " + std::to_string(number)), balance(initial, "balance") {}

    std::string name;
    mutable sync::mutex mutex{name.c_str()};
    sync::shared<std::int64_t> balance; // guarded by mutex
  };

  const bank_terms terms_;
  std::deque<account> accounts_;
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::account_locks
