#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

namespace mailroom {

/// How fast a rate limiter lets through.
struct rate_limit {
  double rate = 1; ///< tokens per second
  int burst = 1;   ///< how many tokens the bucket holds: that many at once after a pause

  /// Returns whether both are positive, and an empty bucket is full within a year.
  bool valid() const { return rate > 0 && burst > 0 && burst / rate <= 366 * 24 * 3600.0; }
};

/// A bucket that fills at a rate: says when tokens are due, and knows no clock. For one thread.
///
/// Tokens can be taken before they are there. So whoever comes next waits for longer, and each
/// knows when its turn is as soon as it comes.
class token_bucket {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;

  /// Makes a full bucket. Throws `std::invalid_argument` if the limit is not valid.
  explicit token_bucket(rate_limit limit) : burst_(limit.burst) {
    if (!limit.valid())
      throw std::invalid_argument("a rate limiter needs a positive rate and burst");
    interval_ = duration{static_cast<duration::rep>(std::ceil(1e9 / limit.rate))};
  }

  /// Returns whether so many can ever be there at once.
  bool holds(int tokens) const { return tokens > 0 && tokens <= burst_; }

  /// Returns when `tokens` would be there, if all taken so far are waited for first.
  time_point due(int tokens, time_point now) const {
    return std::max(full_ + time_of(tokens - burst_), now);
  }

  /// Takes tokens that are there, or will be when they are due.
  void take(int tokens, time_point now) { full_ = std::max(full_, now) + time_of(tokens); }

  /// Puts tokens back that were taken and are not used.
  void give_back(int tokens) { full_ -= time_of(tokens); }

  /// Returns how long so many take to drip in.
  duration time_of(int tokens) const { return tokens * interval_; }

private:
  duration interval_{}; // rounded up: never faster than the rate
  int burst_;
  time_point full_; // when the bucket is full again, if nobody takes any
};

} // namespace mailroom
