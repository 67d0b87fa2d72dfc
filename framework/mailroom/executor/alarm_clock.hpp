#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "mailroom/future/parker.hpp"

namespace mailroom::detail {

/// Calls functions when their time has come, on a thread of its own: one for the whole program,
/// which lives as long as somebody holds the clock. All members may be called by any thread.
class alarm_clock {
public:
  using ticket = std::uint64_t;

  static std::shared_ptr<alarm_clock> shared();
  ~alarm_clock();

  /// Calls `ring` once at `when`, or at once if that has passed. It must be quick and not throw.
  ticket set(clock::time_point when, std::function<void()> ring);

  /// Forgets an alarm, and destroys its function, if it has not rung. Does not wait if it rings
  /// now.
  void cancel(ticket t) noexcept;

private:
  alarm_clock();
  struct parts;
  std::shared_ptr<parts> parts_;
};

} // namespace mailroom::detail
