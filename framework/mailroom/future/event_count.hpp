#pragma once

#include <atomic>
#include <cstdint>

#include "mailroom/future/parker.hpp"

namespace mailroom::detail {

/// A condition variable for conditions that are made of atomics: many threads may wait, and telling
/// them costs one load if nobody does. Who waits says so first (`prepare`), then looks once more,
/// and then either waits or not (`cancel`). No wake-up is lost if the condition is changed, and
/// looked at, in `seq_cst` order.
class event_count {
public:
  using key = std::uint32_t;

  key prepare() noexcept {
    waiting_.fetch_add(1, std::memory_order_seq_cst);
    return epoch_.load(std::memory_order_seq_cst);
  }

  void cancel() noexcept { waiting_.fetch_sub(1, std::memory_order_relaxed); }

  /// Sleeps until it is notified, or was since `prepare`, or until `deadline`. May return early.
  void wait(key since, clock::time_point deadline = never) noexcept {
    futex_wait(epoch_, since, deadline);
    cancel();
  }

  /// Wakes one of those who wait, at least.
  void notify_one() noexcept {
    if (waiting_.load(std::memory_order_seq_cst) > 0) {
      epoch_.fetch_add(1, std::memory_order_seq_cst);
      futex_wake_one(epoch_);
    }
  }

  void notify_all() noexcept {
    if (waiting_.load(std::memory_order_seq_cst) > 0)
      wake_all();
  }

  /// `notify_all` for conditions that are changed and looked at in any order.
  void notify_all_in_any_order() noexcept {
    // Adds nothing, and is a write all the same: a waiter who is not seen here comes after it, and
    // sees all that has changed before.
    if (waiting_.fetch_add(0, std::memory_order_acq_rel) > 0)
      wake_all();
  }

private:
  void wake_all() noexcept {
    epoch_.fetch_add(1, std::memory_order_seq_cst);
    futex_wake_all(epoch_);
  }

  std::atomic<std::uint32_t> epoch_{0};
  std::atomic<std::uint32_t> waiting_{0};
};

} // namespace mailroom::detail
