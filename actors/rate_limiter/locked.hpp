#pragma once

#include <chrono>
#include <mutex>
#include <stdexcept>

#include "actors/rate_limiter/token_bucket.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::lock_based {

/// The time of the machine.
struct steady_time {
  token_bucket::time_point now() const { return std::chrono::steady_clock::now(); }
  void wait_until(token_bucket::time_point t) const { sync::pause(t - now()); }
};

/// Lets through so many per second, and some at once after a pause: a token bucket.
///
/// Shared state: the bucket. Guarded by: `mutex_`, which is not held while somebody sleeps.
/// Whoever has to wait takes its tokens in advance, so it knows when they are due, sleeps until
/// then, and nobody has to wake it. Threads get through in the order in which they came.
/// Members that take tokens throw `std::invalid_argument` for less than 1, or more than the bucket
/// holds: those would never be there at once. Any thread may call them.
/// @tparam Clock has `now()` and `wait_until(time)`, which several threads call.
template <class Clock = steady_time>
class rate_limiter {
public:
  /// Throws `std::invalid_argument` if the limit is not valid.
  explicit rate_limiter(rate_limit limit, Clock clock = {}) : bucket_(limit), clock_(clock) {}

  /// Waits for its turn.
  void acquire(int tokens = 1) { clock_.wait_until(reserve(tokens, duration::max())); }

  /// Waits for its turn if that comes within `limit`. If not, returns false at once.
  bool acquire_for(int tokens, std::chrono::nanoseconds limit) {
    auto due = reserve(tokens, limit);
    if (due == refused)
      return false;
    clock_.wait_until(due);
    return true;
  }

  /// Does not wait. Returns whether the tokens were there.
  bool try_acquire(int tokens = 1) { return acquire_for(tokens, duration::zero()); }

private:
  using time_point = token_bucket::time_point;
  using duration = token_bucket::duration;

  static constexpr time_point refused = time_point::max();

  /// Takes tokens that are due within `limit`. Returns when.
  time_point reserve(int tokens, duration limit) {
    if (!bucket_.holds(tokens))
      throw std::invalid_argument("a rate limiter lets through 1 to as many as its burst");
    std::lock_guard lock{mutex_};
    auto now = clock_.now();
    auto due = bucket_.due(tokens, now);
    if (due > now && due - now > limit)
      return refused;
    bucket_.take(tokens, now);
    return due;
  }

  sync::mutex mutex_{"limiter"};
  token_bucket bucket_; // guarded by mutex_, but for what it holds
  Clock clock_;
};

} // namespace mailroom::lock_based
