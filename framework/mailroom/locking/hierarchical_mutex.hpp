#pragma once

#include "mailroom/error.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom {

/// Somebody took locks in an order that could end in a deadlock.
class lock_order_error : public error {
public:
  using error::error;
};

/// A mutex with a number: each thread must take such mutexes in rising order.
///
/// Taking one out of order throws `lock_order_error` the first time it is tried, not on the day
/// when two threads meet: that makes a possible deadlock a bug any test finds. The numbers are a
/// convention of the whole program; leave gaps between them.
///
/// It does not find deadlocks: it knows only mutexes of its own kind, and only those the calling
/// thread holds, so a ring through a plain mutex or a condition goes unnoticed. Two of the same
/// number cannot be held together by `lock()`; `std::scoped_lock` may take them both at once.
///
/// Any thread may call it; it meets the Lockable requirements, and the rules of `std::mutex` hold.
/// Costs: a walk over the locks the thread holds, which are few.
class hierarchical_mutex {
public:
  /// @param name outlives the mutex: a literal.
  explicit hierarchical_mutex(int number, const char* name = "hierarchical mutex")
    : mutex_(name), number_(number) {}

  hierarchical_mutex(const hierarchical_mutex&) = delete;
  hierarchical_mutex& operator=(const hierarchical_mutex&) = delete;

  /// Waits for the mutex and takes it. Throws `lock_order_error` instead, naming both, if this
  /// thread holds one whose number is not lower.
  void lock();

  /// Takes the mutex if it is free, in any order: who does not wait cannot be part of a deadlock.
  bool try_lock();

  /// Gives the mutex back, in any order.
  void unlock();

  int number() const noexcept { return number_; }
  const char* name() const noexcept { return mutex_.name(); }

private:
  void enter() noexcept;
  void leave() noexcept;

  sync::mutex mutex_;
  int number_;
  hierarchical_mutex* next_ = nullptr; // guarded by mutex_: the rest of its owner's list

  /// The mutexes the calling thread holds, the newest first.
  static constinit thread_local hierarchical_mutex* held_;
};

} // namespace mailroom
