#pragma once

#include <chrono>
#include <cstdint>

#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::racy {

/// An account without protection. Here to lose: use `lock_based::account` or `account_actor`.
///
/// Shared state: `balance_`. Guarded by: nothing.
/// Goes wrong when two look before one of them takes: both find enough.
class account {
public:
  /// @param hesitation how long a customer thinks between looking and taking.
  explicit account(std::int64_t balance, std::chrono::nanoseconds hesitation = {})
    : balance_(balance, "balance"), hesitation_(hesitation) {}

  /// Takes `amount` if it is there. Returns whether it was.
  bool withdraw(std::int64_t amount) {
    std::int64_t seen = balance_;
    if (seen < amount)
      return false;
    sync::pause(hesitation_);
    balance_ = seen - amount;
    return true;
  }

  void deposit(std::int64_t amount) { balance_ = balance_ + amount; }

  std::int64_t balance() const { return balance_; }

private:
  sync::shared<std::int64_t> balance_;
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::racy
