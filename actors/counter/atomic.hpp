#pragma once

#include <chrono>
#include <cstdint>

#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::atomics {

/// Counts with one indivisible instruction: the best choice where the state is one number.
///
/// Shared state: `value_`, whose updates cannot be interrupted.
/// Costs: nothing but the cache line, which travels between the processors. It does not grow:
/// two atomic counters are not one atomic pair.
class counter {
public:
  /// @param hesitation how long a thread thinks before it counts; in between there is no room.
  explicit counter(std::int64_t start = 0, std::chrono::nanoseconds hesitation = {})
    : value_(start, "value"), hesitation_(hesitation) {}

  void add(std::int64_t amount) {
    sync::pause(hesitation_);
    value_.fetch_add(amount);
  }

  std::int64_t value() const { return value_.load(); }

private:
  sync::atomic<std::int64_t> value_;
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::atomics
