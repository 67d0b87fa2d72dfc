#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::lock_based {

/// Counts under a mutex.
///
/// Shared state: `value_`. Guarded by: `mutex_`.
/// Costs: whoever hesitates inside makes everybody else wait.
class counter {
public:
  /// @param hesitation how long a thread thinks between reading and writing.
  explicit counter(std::int64_t start = 0, std::chrono::nanoseconds hesitation = {})
    : value_(start), hesitation_(hesitation) {}

  void add(std::int64_t amount) {
    std::lock_guard lock{mutex_};
    std::int64_t seen = value_;
    sync::pause(hesitation_);
    value_ = seen + amount;
  }

  std::int64_t value() const {
    std::lock_guard lock{mutex_};
    return value_;
  }

private:
  mutable sync::mutex mutex_{"counter"};
  std::int64_t value_; // guarded by mutex_
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::lock_based
