#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::lock_based {

/// An account under a mutex that covers the whole decision.
///
/// Shared state: `balance_`. Guarded by: `mutex_`.
/// Costs: who thinks at the counter keeps everybody else waiting. And it covers one account only:
/// money that moves between two of them needs both locks, in an order all agree on.
class account {
public:
  /// @param hesitation how long a customer thinks between looking and taking.
  explicit account(std::int64_t balance, std::chrono::nanoseconds hesitation = {})
    : balance_(balance), hesitation_(hesitation) {}

  /// Takes `amount` if it is there. Returns whether it was.
  bool withdraw(std::int64_t amount) {
    std::lock_guard lock{mutex_};
    if (balance_ < amount)
      return false;
    sync::pause(hesitation_);
    balance_ -= amount;
    return true;
  }

  void deposit(std::int64_t amount) {
    std::lock_guard lock{mutex_};
    balance_ += amount;
  }

  std::int64_t balance() const {
    std::lock_guard lock{mutex_};
    return balance_;
  }

private:
  mutable sync::mutex mutex_{"account"};
  std::int64_t balance_; // guarded by mutex_
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::lock_based
