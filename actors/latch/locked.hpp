#pragma once

#include <chrono>
#include <mutex>
#include <stdexcept>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::lock_based {

/// A count that only goes down; threads wait for zero. For one use: see `barrier` for rounds.
///
/// Shared state: `count_`. Guarded by: `mutex_`; who waits, waits for `zero_`.
/// A thread that ends before it has counted down keeps the others waiting.
/// Costs: a thread that waits is a thread that does nothing else.
class latch {
public:
  /// Throws `std::invalid_argument` if `count` is negative.
  explicit latch(int count) : count_(count) {
    if (count < 0)
      throw std::invalid_argument("a latch counts down from 0 or more");
  }

  /// Counts down and does not wait. Throws `std::invalid_argument` if `by` is negative, or more
  /// than what is left: somebody has counted twice.
  void count_down(int by = 1) {
    std::lock_guard lock{mutex_};
    subtract(by);
  }

  /// Waits for zero.
  void wait() {
    std::unique_lock lock{mutex_};
    zero_.wait(lock, [this] { return count_ == 0; });
  }

  /// Waits for zero, but not for longer than `limit`. Returns whether it is zero.
  bool wait_for(std::chrono::nanoseconds limit) {
    auto until = sync::watch::clock::now() + limit;
    std::unique_lock lock{mutex_};
    return zero_.wait_until(lock, until, [this] { return count_ == 0; });
  }

  /// Counts down by one and waits for zero. Throws like `count_down`.
  void arrive_and_wait() {
    std::unique_lock lock{mutex_};
    subtract(1);
    zero_.wait(lock, [this] { return count_ == 0; });
  }

  /// Returns what is left to count, which may be less by the time it is known.
  int count() const {
    std::lock_guard lock{mutex_};
    return count_;
  }

private:
  void subtract(int by) {
    if (by < 0 || by > count_)
      throw std::invalid_argument("a latch cannot count down by that many");
    count_ -= by;
    if (count_ == 0) // notified under the lock: who is woken may be the one to destroy the latch
      zero_.notify_all();
  }

  mutable sync::mutex mutex_{"latch"};
  sync::condition_variable zero_{"zero"};
  int count_; // guarded by mutex_
};

} // namespace mailroom::lock_based
