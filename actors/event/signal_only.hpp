#pragma once

#include <mutex>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::signal_only {

/// A signal that threads wait for and that nobody remembers. Here to lose: use `lock_based::event`
/// or `event_actor`.
///
/// Shared state: none, which is the mistake. Who waits, waits for `changed_`.
/// Goes wrong when somebody comes after the signal: it waits for the next one, for ever if there is
/// none. It may also go on without a signal: condition variables wake up for no reason.
class event {
public:
  void set() {
    // Notified under the lock: who is woken may be the one to destroy the event.
    std::lock_guard lock{mutex_};
    changed_.notify_all();
  }

  /// Waits for the next signal.
  void wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock);
  }

private:
  sync::mutex mutex_{"event"};
  sync::condition_variable changed_{"the event"};
};

} // namespace mailroom::signal_only
