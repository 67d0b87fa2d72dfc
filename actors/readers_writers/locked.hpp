#pragma once

#include <chrono>
#include <list>
#include <mutex>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::lock_based {

/// A mutex for many readers or one writer, in order of arrival. Use it through `std::shared_lock`
/// and `std::unique_lock`, with a time limit if need be.
///
/// Shared state: who holds it, who waits. Guarded by: `mutex_`; each who waits has a condition of
/// its own. Fair: nobody overtakes, so that readers who come after a writer wait for it, and those
/// readers who wait next to each other go together.
/// Locking it again while holding it, also to read, waits for oneself as soon as a writer waits; to
/// unlock what one does not hold is undefined, as for `std::shared_mutex`.
/// Costs: a mutex locked twice for each lock, and a thread woken for each that waited. Where a
/// writer may wait a little longer, `std::shared_mutex` is faster.
class readers_writers {
public:
  void lock() { enter(access::exclusive); }
  bool try_lock() { return try_enter(access::exclusive); }
  bool try_lock_for(std::chrono::nanoseconds limit) { return enter_in(access::exclusive, limit); }

  void unlock() {
    leave([this] { writing_ = false; });
  }

  void lock_shared() { enter(access::shared); }
  bool try_lock_shared() { return try_enter(access::shared); }
  bool try_lock_shared_for(std::chrono::nanoseconds limit) {
    return enter_in(access::shared, limit);
  }

  void unlock_shared() {
    leave([this] { --readers_; });
  }

private:
  enum class access { shared, exclusive };

  /// A thread that waits. It lives on that thread's stack.
  struct waiter {
    waiter(std::list<waiter*>& line, access wanted)
      : wanted(wanted), line(line), place(line.insert(line.end(), this)) {}
    ~waiter() {
      if (!admitted)
        line.erase(place);
    }
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;

    const access wanted;
    bool admitted = false; // and no longer in line
    sync::condition_variable go{"its turn"};
    std::list<waiter*>& line;
    const std::list<waiter*>::iterator place;
  };

  bool fits(access wanted) const {
    return !writing_ && (wanted == access::shared || readers_ == 0);
  }

  void admit(access wanted) {
    if (wanted == access::exclusive)
      writing_ = true;
    else
      ++readers_;
  }

  /// Lets those go on that are next, as far as they fit.
  void hand_over() {
    while (!line_.empty() && fits(line_.front()->wanted)) {
      auto* next = line_.front();
      line_.pop_front();
      admit(next->wanted);
      next->admitted = true;
      next->go.notify_one(); // under the lock: it is gone as soon as its thread moves
    }
  }

  /// Unlocking must not throw, as destructors do it. But a mutex throws when the exploration of its
  /// thread is over, or the watch has given up: then nobody waits for the lock any more.
  template <class Change>
  void leave(Change change) {
    std::unique_lock lock{mutex_, std::defer_lock};
    try {
      lock.lock();
    } catch (...) {
      return;
    }
    change();
    hand_over();
  }

  bool enter_at_once(access wanted) {
    if (!line_.empty() || !fits(wanted))
      return false;
    admit(wanted);
    return true;
  }

  bool try_enter(access wanted) {
    std::lock_guard lock{mutex_};
    return enter_at_once(wanted);
  }

  void enter(access wanted) {
    std::unique_lock lock{mutex_};
    if (enter_at_once(wanted))
      return;
    waiter me{line_, wanted};
    me.go.wait(lock, [&] { return me.admitted; });
  }

  bool enter_in(access wanted, std::chrono::nanoseconds limit) {
    auto until = sync::watch::clock::now() + limit;
    std::unique_lock lock{mutex_};
    if (enter_at_once(wanted))
      return true;
    {
      waiter me{line_, wanted};
      if (me.go.wait_until(lock, until, [&] { return me.admitted; }))
        return true;
    }
    hand_over(); // a writer that gives up may have kept readers waiting
    return false;
  }

  sync::mutex mutex_{"readers and writers"};
  std::list<waiter*> line_; // in order of arrival; guarded by mutex_, as are those below
  int readers_ = 0;
  bool writing_ = false;
};

} // namespace mailroom::lock_based
