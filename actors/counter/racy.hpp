#pragma once

#include <chrono>
#include <cstdint>

#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::racy {

/// Counts without protection. Here to lose: use any other version.
///
/// Shared state: `value_`. Guarded by: nothing.
/// Goes wrong when another thread gets in between reading and writing: its update is lost.
class counter {
public:
  /// @param hesitation how long a thread thinks between reading and writing.
  explicit counter(std::int64_t start = 0, std::chrono::nanoseconds hesitation = {})
    : value_(start, "value"), hesitation_(hesitation) {}

  void add(std::int64_t amount) {
    std::int64_t seen = value_;
    sync::pause(hesitation_);
    value_ = seen + amount;
  }

  std::int64_t value() const { return value_; }

private:
  sync::shared<std::int64_t> value_;
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::racy
