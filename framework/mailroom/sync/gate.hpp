#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "mailroom/sync/watch.hpp"

namespace mailroom::sync {

namespace detail {

/// What a gate is made of. There is another one for those who explore gates: see
/// explore/proofs.md.
struct standard {
  using mutex = std::mutex;
  using condition_variable = std::condition_variable;
  /// Whether to pass a gate is one step inside an exploration.
  static constexpr bool one_step = true;
  /// How often who waits looks before it sleeps: to sleep and be woken takes tens of microseconds,
  /// and often what is waited for is quicker.
  static constexpr int looks = 16;
};

} // namespace detail

/// A mutex and a condition variable: what semaphore, event, latch and barrier are made of.
///
/// `std::counting_semaphore` is not used on purpose: in libstdc++ 12 a `release()` that finds the
/// count above zero wakes nobody, and a thread about to sleep misses it (GCC bug 98033).
template <class Primitives>
class basic_gate {
public:
  /// Nothing to be done once inside.
  struct nothing {
    void operator()() const noexcept {}
  };

  enum class wake { one, all };

  /// Runs `change` under the gate's mutex, then wakes one or all of those that wait.
  template <class Change>
  void open(Change change, wake whom = wake::all) {
    {
      std::lock_guard lock{mutex_};
      change();
    }
    if (whom == wake::one)
      changed_.notify_one();
    else
      changed_.notify_all();
  }

  /// Runs `look` under the gate's mutex and returns what it returns.
  template <class Look>
  auto peek(Look look) const {
    std::lock_guard lock{mutex_};
    return look();
  }

  /// Waits until `ready` returns true, then runs `act`, in one indivisible step.
  template <class Ready, class Act = nothing>
  void pass(operation what, const object& on, Ready ready, Act act = {}) {
    std::unique_lock lock{mutex_};
    for (int i = 0; i < Primitives::looks && !ready(); ++i) {
      lock.unlock();
      std::this_thread::yield();
      lock.lock();
    }
    if (watch* w = watch::current(); w && !ready()) {
      bool got_there = w->block(what, on, nullptr, [&](auto slice) {
        return changed_.wait_until(lock, watch::clock::now() + slice, ready);
      });
      if (!got_there)
        return;
    }
    changed_.wait(lock, ready);
    act();
  }

  /// Waits like `pass`, but no longer than `limit`. Returns whether `act` ran.
  template <class Ready, class Act = nothing>
  bool pass_until(operation what, const object& on, watch::clock::time_point limit, Ready ready,
                  Act act = {}) {
    std::unique_lock lock{mutex_};
    auto wait = [&] { return changed_.wait_until(lock, limit, ready); };
    watch* w = watch::current();
    bool in_time = w ? w->block_in_time(what, on, wait) : wait();
    if (in_time)
      act();
    return in_time;
  }

private:
  mutable typename Primitives::mutex mutex_;
  typename Primitives::condition_variable changed_;
};

using gate = basic_gate<detail::standard>;

} // namespace mailroom::sync
