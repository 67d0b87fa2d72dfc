#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <set>
#include <vector>

#include "mailroom/sync/gate.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::sync {

/// A condition variable for `sync::mutex`: the standard one in production.
///
/// Wake-ups without a reason are possible, and a notification that nobody waits for is lost, as
/// with the standard one. Under a watch and in a world each notification goes to a waiter of its
/// own.
class condition_variable : public object {
  // std::condition_variable wants the standard mutex inside ours, locked.
  template <class Wait>
  auto wait_std(std::unique_lock<mutex>& lock, Wait wait_with) {
    std::unique_lock<std::mutex> inner{lock.mutex()->std_, std::adopt_lock};
    struct give_back {
      std::unique_lock<std::mutex>& inner;
      ~give_back() { inner.release(); }
    } at_exit{inner};
    return wait_with(inner);
  }

public:
  explicit condition_variable(const char* name = "condition") : object(name) {}

  /// Gives the mutex back, waits for a notification, and takes the mutex again.
  void wait(std::unique_lock<mutex>& lock) {
    if (ordinary()) [[likely]]
      wait_std(lock, [&](auto& l) { std_.wait(l); });
    else if (world* w = explored())
      wait_explored(*w, *lock.mutex());
    else if (watch* w = watch::current())
      wait_watched(*w, *lock.mutex());
    else if (world::current()) // this condition is not: the world knows it by now
      throw abandoned{};
    else
      wait_std(lock, [&](auto& l) { std_.wait(l); });
  }

  /// Waits until `holds` returns true.
  template <class Predicate>
  void wait(std::unique_lock<mutex>& lock, Predicate holds) {
    while (!holds())
      wait(lock);
  }

  /// Waits until `holds` returns true, at most until `limit`. Returns `holds()`. Inside an
  /// exploration time does not run out.
  template <class Predicate>
  bool wait_until(std::unique_lock<mutex>& lock, watch::clock::time_point limit, Predicate holds) {
    if (explored()) [[unlikely]] {
      wait(lock, holds);
      return true;
    }
    auto wait_in_time = [&] {
      return wait_std(lock, [&](auto& l) { return std_.wait_until(l, limit, holds); });
    };
    watch* w = watch::current();
    return w ? w->block_in_time(operation::wait, *this, wait_in_time) : wait_in_time();
  }

  /// Wakes one waiting thread, if there is one.
  void notify_one() {
    if (!ordinary()) [[unlikely]]
      notify_controlled(false);
    std_.notify_one();
  }

  /// Wakes every waiting thread.
  void notify_all() {
    if (!ordinary()) [[unlikely]]
      notify_controlled(true);
    std_.notify_all();
  }

  int outcomes(operation what) const override;
  bool ready(operation what, int thread, int outcome) const override;
  bool signal_lost() const override { return signal_lost_; }
  std::uint64_t state() const override;

private:
  struct waiter {
    int thread = 0;
    const mutex* with = nullptr;
    bool notified = false;
  };

  void wait_explored(world& w, mutex& with);
  void wait_watched(watch& w, mutex& with);
  void notify_controlled(bool all);
  void notify_explored(world& w, bool all);
  void mark(bool all);

  std::condition_variable std_;
  gate watched_;              // guards waiters_ while watched
  std::list<waiter> waiters_; // while watched or explored, in order of arrival

  // While explored.
  std::set<int> woken_for_nothing_; // threads
  bool signal_lost_ = false;
};

} // namespace mailroom::sync
