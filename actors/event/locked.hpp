#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::lock_based {

/// A flag that threads wait for: once set it stays set until it is cleared, and who comes late does
/// not wait.
///
/// Shared state: `set_`, `times_set_`. Guarded by: `mutex_`; who waits, waits for `changed_`.
/// Setting it lets all go who wait, also if it is cleared before they have moved.
/// Costs: all who wait are woken at the same time, and fight for the mutex.
class event {
public:
  void set() {
    // Notified under the lock: who is woken may be the one to destroy the event.
    std::lock_guard lock{mutex_};
    set_ = true;
    ++times_set_;
    changed_.notify_all();
  }

  void clear() {
    std::lock_guard lock{mutex_};
    set_ = false;
  }

  /// Waits until the event is set.
  void wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this, before = times_set_] { return set_ || times_set_ != before; });
  }

  /// Waits until the event is set, but not for longer than `limit`. Returns whether it was set.
  bool wait_for(std::chrono::nanoseconds limit) {
    auto until = sync::watch::clock::now() + limit;
    std::unique_lock lock{mutex_};
    return changed_.wait_until(
      lock, until, [this, before = times_set_] { return set_ || times_set_ != before; });
  }

  /// Returns whether it is set, which may be over by the time it is known.
  bool is_set() const {
    std::lock_guard lock{mutex_};
    return set_;
  }

private:
  mutable sync::mutex mutex_{"event"};
  sync::condition_variable changed_{"the event"};
  bool set_ = false;            // guarded by mutex_
  std::uint64_t times_set_ = 0; // guarded by mutex_
};

} // namespace mailroom::lock_based
