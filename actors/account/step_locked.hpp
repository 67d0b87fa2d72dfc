#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::step_locked {

/// An account that locks each step, but not the pair. Here to lose: a lock that does not cover the
/// whole decision protects the memory, not the money. ThreadSanitizer finds nothing wrong with it.
///
/// Shared state: `balance_`. Guarded by: `mutex_`, one step at a time.
/// Goes wrong when two look before one of them takes: both find enough.
class account {
public:
  /// @param hesitation how long a customer thinks between looking and taking.
  explicit account(std::int64_t balance, std::chrono::nanoseconds hesitation = {})
    : balance_(balance), hesitation_(hesitation) {}

  /// Takes `amount` if it is there. Returns whether it was.
  bool withdraw(std::int64_t amount) {
    if (balance() < amount)
      return false;
    sync::pause(hesitation_);
    deposit(-amount);
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

} // namespace mailroom::step_locked
