#pragma once

#include <mutex>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::if_wait {

/// A waiting room whose guests look once and believe whoever wakes them. Here to lose: use
/// `while_wait::waiting_room` or `waiting_room_actor`.
///
/// Shared state: `free_`. Guarded by: `mutex_`.
/// Goes wrong when somebody comes in between the notification and the one it wakes: both take the
/// same place. The count falls below zero. A wake-up without a reason does the same.
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

  /// Waits until a place is free and takes it, or so it believes.
  void take() {
    std::unique_lock lock{mutex_};
    if (free_ == 0)
      changed_.wait(lock);
    --free_;
  }

  /// Returns how many places are free: less than none if somebody was overtaken.
  int count() const {
    std::lock_guard lock{mutex_};
    return free_;
  }

private:
  mutable sync::mutex mutex_{"room"};
  sync::condition_variable changed_{"changed"};
  int free_ = 0; // guarded by mutex_
};

} // namespace mailroom::if_wait
