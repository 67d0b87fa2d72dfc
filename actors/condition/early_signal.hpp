#pragma once

#include <mutex>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::early_signal {

/// A waiting room whose guests wait for the signal without looking first. Here to lose: use
/// `while_wait::waiting_room` or `waiting_room_actor`.
///
/// Shared state: `free_`. Guarded by: `mutex_`.
/// Goes wrong when the signal comes first: a condition variable remembers nothing, so whoever comes
/// late waits for a place that is there, maybe for ever.
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

  /// Waits for a signal and takes a place.
  void take() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock);
    --free_;
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

} // namespace mailroom::early_signal
