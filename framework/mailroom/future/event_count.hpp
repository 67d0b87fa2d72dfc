#pragma once

#include <atomic>
#include <cstdint>

#include "mailroom/future/primitives.hpp"

namespace mailroom::detail {

/// A condition variable for conditions that are made of atomics: many threads may wait, and telling
/// them costs one load if nobody does. Who waits says so first (`prepare`), then looks once more,
/// and then either waits or not (`cancel`). No wake-up is lost if the condition is changed, and
/// looked at, in `seq_cst` order.
template <class Primitives>
class basic_event_count {
  static constexpr bool nothrow = Primitives::nothrow;

public:
  using key = std::uint32_t;

  key prepare() noexcept(nothrow) {
    waiting_.fetch_add(1, std::memory_order_seq_cst);
    return epoch_.load(std::memory_order_seq_cst);
  }

  void cancel() noexcept(nothrow) { waiting_.fetch_sub(1, std::memory_order_relaxed); }

  /// Sleeps until it is notified, or was since `prepare`, or until `deadline`. May return early.
  void wait(key since, clock::time_point deadline = never) noexcept(nothrow) {
    Primitives::sleep(epoch_, since, deadline);
    cancel();
  }

  /// Wakes one of those who wait, at least.
  void notify_one() noexcept(nothrow) {
    if (waiting_.load(std::memory_order_seq_cst) > 0) {
      epoch_.fetch_add(1, std::memory_order_seq_cst);
      Primitives::wake_one(epoch_);
    }
  }

  void notify_all() noexcept(nothrow) {
    if (waiting_.load(std::memory_order_seq_cst) > 0)
      wake_all();
  }

  /// `notify_all` for conditions that are changed and looked at in any order.
  void notify_all_in_any_order() noexcept(nothrow) {
    // Adds nothing, and is a write all the same: a waiter who is not seen here comes after it, and
    // sees all that has changed before.
    if (waiting_.fetch_add(0, std::memory_order_acq_rel) > 0)
      wake_all();
  }

private:
  void wake_all() noexcept(nothrow) {
    epoch_.fetch_add(1, std::memory_order_seq_cst);
    Primitives::wake_all(epoch_);
  }

  typename Primitives::word epoch_{0};
  typename Primitives::template atomic<std::uint32_t> waiting_{0};
};

using event_count = basic_event_count<real>;

} // namespace mailroom::detail
