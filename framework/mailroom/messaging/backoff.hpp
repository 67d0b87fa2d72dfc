#pragma once

#include <chrono>

namespace mailroom {

/// How long to wait before trying again: longer each time, and not all at the same moment.
///
/// Those who failed together would come back together, and fail again; `jitter` spreads them. With
/// 1, a delay is anything up to the full one ("full jitter"), with 0.5 at least half of it ("equal
/// jitter"), with 0 exactly it. Full jitter needs the fewest calls and is over soonest: Marc
/// Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
///
/// A value that does nothing by itself: whoever waits calls `delay`.
struct backoff {
  std::chrono::nanoseconds first = std::chrono::milliseconds{100}; ///< after the first failure
  double factor = 2;                                               ///< from one to the next
  std::chrono::nanoseconds most = std::chrono::seconds{10};        ///< however many failures
  double jitter = 1; ///< the share of the delay that is left to chance, from 0 to 1

  /// Returns how long to wait after so many failures in a row, 1 or more. `random`, from 0 to 1, is
  /// the chance: 0 gives the full delay. Any thread may call it. Throws what `check` does, and
  /// `std::invalid_argument` for other numbers than these.
  std::chrono::nanoseconds delay(int failures, double random) const;

  /// Throws `std::invalid_argument` if a time is negative, `most` less than `first`, `factor` less
  /// than 1 or not finite, or `jitter` not from 0 to 1.
  void check() const;
};

} // namespace mailroom
