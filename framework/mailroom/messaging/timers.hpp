#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "mailroom/future/callable.hpp"
#include "mailroom/future/failure.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

namespace detail {
class timer_queue;
}

/// What `timers` has been asked to call: a handle, cheap to copy. It may outlive its `timers`. All
/// members may be called by any thread, also from within callbacks.
class timer {
public:
  /// Of nothing, which is not pending.
  timer() = default;

  /// Keeps the function from being called (again), and destroys it. Returns whether it did: then
  /// the function does not run now, unless it is the one that cancels, and never will. False if it
  /// is too late: it was cancelled before, has run or runs now. If `every` runs it now, it does so
  /// for the last time.
  bool cancel() const;

  /// Returns whether the function runs now or is to be called. Once false, it stays false.
  bool pending() const;

private:
  friend class timers;
  timer(std::shared_ptr<detail::timer_queue> queue, std::uint64_t id)
    : queue_(std::move(queue)), id_(id) {}

  std::shared_ptr<detail::timer_queue> queue_;
  std::uint64_t id_ = 0;
};

/// Calls functions when their time has come.
///
/// One actor of the system calls them, one at a time, in the order in which they become due; those
/// that are due at the same time, in the order in which they were set. They run on a thread of the
/// scheduler and should not block: the others wait. They may set and cancel timers. What they throw
/// goes to the handler, and keeps nobody from running. To tell an actor, send from the function:
/// `t.after(5s, [=] { caf::anon_send(actor, done_atom_v); })`; unlike CAF's `delayed_send`, this
/// can be cancelled.
///
/// Not for hard real time: a function is never called early, but as late as the scheduler is busy.
/// Time is that of the system: with `scheduling::manual` it passes when `advance` says so.
///
/// All members may be called by any thread. Setting and cancelling cost O(log n). The destructor
/// cancels all; no function runs when it returns. It waits for the one that does, unless it is
/// called from there. Destroy it before its system.
class timers {
public:
  /// Uses `system::shared()`. Do not destroy its last user from within a callback.
  explicit timers(failure_handler on_failure = {});
  /// Without a handler, that of the program is told: see `set_failure_handler`.
  explicit timers(system& sys, failure_handler on_failure = {});
  ~timers();
  timers(const timers&) = delete;
  timers& operator=(const timers&) = delete;

  /// Calls `f()` once when `delay` has passed; as soon as possible if there is none.
  template <class Rep, class Period, std::invocable F>
  timer after(std::chrono::duration<Rep, Period> delay, F f) {
    return set(rounded_up(delay), {}, shareable(std::move(f)));
  }

  /// Calls `f()` once for each `period`, for the first time when one has passed. It keeps to this
  /// grid, however long the calls take. Calls that are late by a whole period or more do not come
  /// in a burst: the first is made, the others are left out. Throws `std::invalid_argument` if the
  /// period is not positive.
  template <class Rep, class Period, std::invocable F>
  timer every(std::chrono::duration<Rep, Period> period, F f) {
    return again(rounded_up(period), shareable(std::move(f)));
  }

  /// Calls `f()` once at `when`, at once if that has passed. How long that is from now is found out
  /// when this is called: if somebody sets the clock of the machine later, nobody notices.
  template <std::invocable F>
  timer at(std::chrono::system_clock::time_point when, F f) {
    auto now = std::chrono::system_clock::now();
    return after(when > now ? when - now : std::chrono::system_clock::duration{}, std::move(f));
  }

  /// Returns how many functions are to be called (again); one that runs now is not counted.
  std::size_t size() const;

private:
  using function = std::function<void()>;
  using nanoseconds = std::chrono::nanoseconds;

  template <class F>
  static function shareable(F f) {
    return [f = detail::shared_callable<F>(std::move(f))]() mutable { f.get()(); };
  }

  /// What has passed is 0, what is too long to count as long as can be.
  template <class Rep, class Period>
  static nanoseconds rounded_up(std::chrono::duration<Rep, Period> time) {
    using seconds = std::chrono::duration<double>;
    if (!(time > time.zero()))
      return nanoseconds::zero();
    return seconds(time) < seconds(nanoseconds::max()) ? std::chrono::ceil<nanoseconds>(time)
                                                       : nanoseconds::max();
  }

  timers(std::shared_ptr<system> mine, failure_handler on_failure);
  timer again(nanoseconds period, function f);
  timer set(nanoseconds delay, nanoseconds period, function f);

  std::shared_ptr<system> mine_; // only if it is the shared one
  std::shared_ptr<detail::timer_queue> queue_;
  caf::actor caller_;
};

} // namespace mailroom
