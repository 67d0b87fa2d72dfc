#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <shared_mutex>

#include <pthread.h>

#include "mailroom/sync/object.hpp"
#include "mailroom/sync/watch.hpp"
#include "mailroom/sync/world.hpp"

namespace mailroom::sync {

class condition_variable;

namespace detail {

/// Waits for a POSIX mutex until `limit`. Returns whether it was taken.
///
/// Not `std::timed_mutex`: its timed lock is a system call that the ThreadSanitizer of g++ 12 and
/// clang 14 does not know, and it would see a lock appear from nowhere.
bool lock_until(pthread_mutex_t& mutex, watch::clock::time_point limit);

/// What mutex and recursive_mutex share. `Std` is the standard mutex that does the work.
template <class Std, bool Recursive>
class exclusive : public object {
public:
  explicit exclusive(const char* name = "mutex") : object(name) {}

  void lock() {
    if (ordinary()) [[likely]]
      std_.lock();
    else
      lock_controlled();
  }

  /// Takes the mutex if it is free. Never waits.
  bool try_lock() {
    if (ordinary()) [[likely]]
      return std_.try_lock();
    if (world* w = explored()) {
      w->reach({operation::try_lock, this});
      bool free = ready(operation::lock, w->self(), 0);
      w->note(free ? "got it" : "busy");
      if (free)
        own(w->self());
      return free;
    }
    bool got_it = std_.try_lock();
    if (got_it)
      holder_.store(watch::self(), std::memory_order_relaxed);
    return got_it;
  }

  /// Waits for the mutex, but no longer than `limit`. Inside an exploration time runs out only
  /// when somebody else holds the mutex.
  template <class Rep, class Period>
  bool try_lock_for(std::chrono::duration<Rep, Period> limit) {
    if (explored())
      return try_lock();
    watch* w = watch::current();
    auto wait = [&] {
      auto rounded = std::chrono::ceil<watch::clock::duration>(limit);
      return lock_until(*std_.native_handle(), watch::clock::now() + rounded);
    };
    bool got_it = w ? w->block_in_time(operation::lock, *this, wait) : wait();
    if (got_it && w)
      holder_.store(watch::self(), std::memory_order_relaxed);
    return got_it;
  }

  void unlock() {
    if (ordinary()) [[likely]]
      std_.unlock();
    else
      unlock_controlled();
  }

  bool ready(operation what, int thread, int) const override {
    return what != operation::lock || owner_ < 0 || (Recursive && owner_ == thread);
  }

  std::uint64_t state() const override {
    return static_cast<std::uint64_t>(owner_ + 1) * 64 + static_cast<std::uint64_t>(depth_);
  }

private:
  friend class sync::condition_variable;

  void lock_controlled() {
    if (world* w = explored()) {
      w->reach({operation::lock, this});
      return own(w->self());
    }
    watch* w = watch::current();
    if (!w) { // mutex or thread are where they do not belong, and the world knows it by now
      if (world::current())
        throw abandoned{}; // who has it may never move again
      return std_.lock();
    }
    if (!std_.try_lock()) {
      w->block(operation::lock, *this, &holder_, [&](auto slice) {
        return lock_until(*std_.native_handle(), watch::clock::now() + slice);
      });
      if (w->given_up()) { // it is free because its holder was let go: nobody may get on that way
        std_.unlock();
        throw abandoned{};
      }
    }
    holder_.store(watch::self(), std::memory_order_relaxed);
  }

  void unlock_controlled() {
    if (world* w = explored()) {
      w->reach({operation::unlock, this});
      return disown();
    }
    holder_.store(nullptr, std::memory_order_relaxed);
    std_.unlock();
  }

  void own(int thread) {
    owner_ = thread;
    ++depth_;
  }

  void disown() {
    if (depth_ > 0 && --depth_ == 0)
      owner_ = -1;
  }

  Std std_;
  std::atomic<watch::member*> holder_{nullptr}; // while watched
  int owner_ = -1;                              // while explored
  int depth_ = 0;                               // while explored
};

} // namespace detail

/// A mutex: `std::mutex` in production, with timed locking. Locking costs the same, but it is twice
/// as large: what it guards lies less often on the same cache line, which two threads that fight
/// over a few instructions can feel.
///
/// Locking it twice from one thread is a deadlock, reported as such under a watch or in a world.
/// Destroying it while it is locked is undefined, as for the standard one. A `const char*` name is
/// all that is new.
class mutex : public detail::exclusive<std::mutex, false> {
public:
  using exclusive::exclusive;
};

/// A mutex its owner may lock again; `std::recursive_mutex` in production.
class recursive_mutex : public detail::exclusive<std::recursive_mutex, true> {
public:
  using exclusive::exclusive;
};

/// A mutex for one writer or many readers; `std::shared_timed_mutex` in production.
///
/// Which of a waiting writer and a new reader goes first is up to the platform: on Linux readers
/// may starve a writer.
class shared_mutex : public object {
public:
  explicit shared_mutex(const char* name = "shared mutex") : object(name) {}

  void lock() {
    if (ordinary()) [[likely]]
      std_.lock();
    else if (world* w = explored())
      w->reach({operation::lock, this}), writing_ = true;
    else if (!std_.try_lock())
      block(operation::lock, [&](auto until) { return std_.try_lock_until(until); });
  }

  bool try_lock() {
    if (world* w = explored()) [[unlikely]] {
      w->reach({operation::try_lock, this});
      return ready(operation::lock, w->self(), 0) && (writing_ = true);
    }
    return std_.try_lock();
  }

  void unlock() {
    if (world* w = explored()) [[unlikely]]
      w->reach({operation::unlock, this}), writing_ = false;
    else
      std_.unlock();
  }

  void lock_shared() {
    if (ordinary()) [[likely]]
      std_.lock_shared();
    else if (world* w = explored())
      w->reach({operation::lock_shared, this}), ++readers_;
    else if (!std_.try_lock_shared())
      block(operation::lock_shared, [&](auto until) { return std_.try_lock_shared_until(until); });
  }

  bool try_lock_shared() {
    if (world* w = explored()) [[unlikely]] {
      w->reach({operation::try_lock, this});
      return ready(operation::lock_shared, w->self(), 0) && ++readers_ > 0;
    }
    return std_.try_lock_shared();
  }

  void unlock_shared() {
    if (world* w = explored()) [[unlikely]]
      w->reach({operation::unlock, this}), --readers_;
    else
      std_.unlock_shared();
  }

  bool ready(operation what, int, int) const override {
    switch (what) {
      case operation::lock: return !writing_ && readers_ == 0;
      case operation::lock_shared: return !writing_;
      default: return true;
    }
  }

  std::uint64_t state() const override {
    return static_cast<std::uint64_t>(readers_) * 2 + (writing_ ? 1 : 0);
  }

private:
  /// Waits in slices by the wall clock: ThreadSanitizer knows only that kind of timed lock.
  template <class TryUntil>
  void block(operation what, TryUntil try_until) {
    auto try_for = [&](auto slice) { return try_until(std::chrono::system_clock::now() + slice); };
    if (watch* w = watch::current()) {
      w->block(what, *this, nullptr, try_for);
    } else {
      while (!try_for(std::chrono::seconds{1})) {
      }
    }
  }

  std::shared_timed_mutex std_;
  bool writing_ = false; // while explored
  int readers_ = 0;      // while explored
};

} // namespace mailroom::sync
