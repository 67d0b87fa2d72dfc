#pragma once

#include <chrono>
#include <limits>
#include <mutex>
#include <stdexcept>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::lock_based {

/// Permits that threads take and give back.
///
/// Shared state: `permits_`. Guarded by: `mutex_`; who finds none waits for `released_`.
/// Permits belong to nobody: any thread may release, and one that dies with a permit takes it away.
/// Which of several waiting threads goes first is up to the platform.
/// Costs: a thread that waits is a thread that does nothing else.
class semaphore {
public:
  /// Throws `std::invalid_argument` if `permits` is negative.
  explicit semaphore(int permits) : permits_(permits) {
    if (permits < 0)
      throw std::invalid_argument("a semaphore has 0 or more permits");
  }

  /// Waits for a permit and takes it.
  void acquire() {
    std::unique_lock lock{mutex_};
    released_.wait(lock, [this] { return permits_ > 0; });
    --permits_;
  }

  /// Takes a permit if there is one. Returns whether there was.
  bool try_acquire() {
    std::lock_guard lock{mutex_};
    if (permits_ == 0)
      return false;
    --permits_;
    return true;
  }

  /// Waits for a permit, but not for longer than `limit`. Returns whether it has one.
  bool try_acquire_for(std::chrono::nanoseconds limit) {
    auto until = sync::watch::clock::now() + limit;
    std::unique_lock lock{mutex_};
    if (!released_.wait_until(lock, until, [this] { return permits_ > 0; }))
      return false;
    --permits_;
    return true;
  }

  /// Gives so many permits. Throws `std::invalid_argument` if that is negative or too many.
  void release(int permits = 1) {
    // Notified under the lock: who is woken may be the one to destroy the semaphore.
    std::lock_guard lock{mutex_};
    if (permits < 0 || permits > std::numeric_limits<int>::max() - permits_)
      throw std::invalid_argument("a semaphore cannot get that many permits");
    permits_ += permits;
    if (permits == 1)
      released_.notify_one();
    else
      released_.notify_all();
  }

  /// Returns how many permits are free, which may be wrong by the time it is known.
  int value() const {
    std::lock_guard lock{mutex_};
    return permits_;
  }

private:
  mutable sync::mutex mutex_{"semaphore"};
  sync::condition_variable released_{"a permit"};
  int permits_; // guarded by mutex_
};

} // namespace mailroom::lock_based
