#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <numeric>
#include <vector>

#include "actors/bank/bank.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::one_lock {

/// A bank under one mutex.
///
/// Shared state: all balances. Guarded by: `mutex_`.
/// Costs: one transfer at a time, also of accounts that have nothing to do with each other.
/// All members may be called by any thread.
class bank {
public:
  /// @param hesitation how long the money of a transfer is in nobody's account.
  explicit bank(const bank_terms& terms, std::chrono::nanoseconds hesitation = {})
    : terms_(terms), balances_(static_cast<std::size_t>(terms.accounts), terms.initial),
      hesitation_(hesitation) {}

  /// Moves the money if it is there, and if there is room for it. Returns whether it was.
  /// Throws `std::invalid_argument` unless both accounts exist.
  bool transfer(const transfer_order& o) {
    terms_.check(o);
    std::lock_guard lock{mutex_};
    auto& from = balances_[static_cast<std::size_t>(o.from)];
    auto& to = balances_[static_cast<std::size_t>(o.to)];
    if (from < o.amount || to + o.amount > terms_.most)
      return false;
    from -= o.amount;
    sync::pause(hesitation_);
    to += o.amount;
    return true;
  }

  /// Returns what is in all accounts.
  std::int64_t sum() const {
    std::lock_guard lock{mutex_};
    return std::accumulate(balances_.begin(), balances_.end(), std::int64_t{0});
  }

private:
  mutable sync::mutex mutex_{"bank"};
  const bank_terms terms_;
  std::vector<std::int64_t> balances_; // guarded by mutex_
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::one_lock
