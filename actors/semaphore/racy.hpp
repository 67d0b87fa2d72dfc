#pragma once

#include <chrono>

#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::racy {

/// A count of free places, without protection. Here to lose: use `lock_based::semaphore` or
/// `semaphore_actor`.
///
/// Shared state: `permits_`. Guarded by: nothing.
/// Goes wrong when two look before one of them takes: both get the last permit.
class semaphore {
public:
  /// @param hesitation how long a thread thinks between looking and taking.
  explicit semaphore(int permits, std::chrono::nanoseconds hesitation = {})
    : permits_(permits, "permits"), hesitation_(hesitation) {}

  /// Takes a permit if there is one. Returns whether there was.
  bool try_acquire() {
    if (permits_ == 0)
      return false;
    sync::pause(hesitation_);
    permits_ = permits_ - 1;
    return true;
  }

  void release() { permits_ = permits_ + 1; }

  int value() const { return permits_; }

private:
  sync::shared<int> permits_;
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::racy
