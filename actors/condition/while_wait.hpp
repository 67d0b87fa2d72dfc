#pragma once

#include <chrono>
#include <mutex>

#include "mailroom/future/parker.hpp"
#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::while_wait {

/// A waiting room: places become free one by one, and whoever wants one waits until there is one.
///
/// Shared state: `free_`. Guarded by: `mutex_`.
/// Whoever is woken looks again, and before it waits for the first time: what matters is what is
/// there, not what was said. Who comes just then may be faster than who was woken: nobody takes
/// what is not there, but the order is not that of arrival.
class waiting_room {
public:
  /// Makes one more place free.
  void put() {
    {
      std::lock_guard lock{mutex_};
      ++free_;
    }
    changed_.notify_one();
  }

  /// Waits until a place is free and takes it.
  void take() {
    std::unique_lock lock{mutex_};
    while (free_ == 0)
      changed_.wait(lock);
    --free_;
  }

  /// Waits for `limit` at most. Returns whether it took a place.
  bool take_for(std::chrono::nanoseconds limit) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_until(lock, detail::after(limit), [this] { return free_ > 0; }))
      return false;
    --free_;
    return true;
  }

  /// Returns how many places are free.
  int count() const {
    std::lock_guard lock{mutex_};
    return free_;
  }

private:
  mutable sync::mutex mutex_{"room"};
  sync::condition_variable changed_{"changed"};
  int free_ = 0; // guarded by mutex_
};

} // namespace mailroom::while_wait
