#pragma once

#include <chrono>
#include <mutex>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::flag_only {

/// A flag that threads wait for by looking at nothing but the flag. Here to lose: use
/// `lock_based::event` or `event_actor`. No access is unprotected, ThreadSanitizer finds nothing
/// wrong.
///
/// Shared state: `set_`. Guarded by: `mutex_`; who waits, waits for `changed_`.
/// Goes wrong when the event is set and cleared before those who waited have moved: they are woken,
/// find it cleared, and sleep on.
class event {
public:
  void set() {
    // Notified under the lock: who is woken may be the one to destroy the event.
    std::lock_guard lock{mutex_};
    set_ = true;
    changed_.notify_all();
  }

  void clear() {
    std::lock_guard lock{mutex_};
    set_ = false;
  }

  /// Waits until it sees that the event is set.
  void wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return set_; });
  }

  /// The same, but not for longer than `limit`. Returns whether it saw it.
  bool wait_for(std::chrono::nanoseconds limit) {
    auto until = sync::watch::clock::now() + limit;
    std::unique_lock lock{mutex_};
    return changed_.wait_until(lock, until, [this] { return set_; });
  }

  /// Returns whether it is set, which may be over by the time it is known.
  bool is_set() const {
    std::lock_guard lock{mutex_};
    return set_;
  }

private:
  mutable sync::mutex mutex_{"event"};
  sync::condition_variable changed_{"the event"};
  bool set_ = false; // guarded by mutex_
};

} // namespace mailroom::flag_only
