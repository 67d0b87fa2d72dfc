#pragma once

#include <chrono>

#include "mailroom/sync/event.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::racy {

/// A count without protection, and an event for zero. Here to lose: use `lock_based::latch` or
/// `latch_actor`.
///
/// Shared state: `count_`. Guarded by: nothing.
/// Goes wrong when two read before one of them writes: one is not counted, nobody sees zero, and
/// those who wait do so for ever.
class latch {
public:
  /// @param hesitation how long a thread thinks between reading and writing.
  explicit latch(int count, std::chrono::nanoseconds hesitation = {})
    : count_(count, "count"), hesitation_(hesitation) {
    if (count == 0)
      zero_.set();
  }

  /// Counts down and does not wait.
  void count_down(int by = 1) {
    int left = count_ - by;
    sync::pause(hesitation_);
    count_ = left;
    if (left == 0)
      zero_.set();
  }

  /// Waits for zero.
  void wait() { zero_.wait(); }

  /// Waits for zero, but not for longer than `limit`. Returns whether it came.
  bool wait_for(std::chrono::nanoseconds limit) { return zero_.wait_for(limit); }

  /// Counts down by one and waits for zero.
  void arrive_and_wait() {
    count_down();
    wait();
  }

  int count() const { return count_; }

private:
  sync::shared<int> count_;
  sync::event zero_{"zero"};
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::racy
