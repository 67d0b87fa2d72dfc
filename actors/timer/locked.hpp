#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "mailroom/future/parker.hpp"
#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::lock_based {

/// Calls functions when their time has come, on a thread of its own, one at a time.
///
/// Shared state: what is to be called, and when. Guarded by: `mutex_`, which is not held while a
/// function runs: functions may set and cancel timers, but not destroy this one. What leaves a
/// function as an exception ends the process. Others wait for a function that takes long.
/// Costs: a thread that sleeps until the first is due, and is woken when that changes.
/// All members may be called by any thread.
class timer {
public:
  using id = std::uint64_t;

  timer() : thread_("timer", [this] { run(); }) {}

  /// Cancels all, and waits for the function that runs.
  ~timer() {
    {
      std::lock_guard lock{mutex_};
      closed_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  /// Has `f` called once when `delay` has passed, never before; as soon as possible if there is
  /// none. Those due at the same time are called in the order in which they were set. Throws
  /// `std::invalid_argument` if there is no function.
  id after(std::chrono::nanoseconds delay, std::function<void()> f) {
    if (!f)
      throw std::invalid_argument("a timer needs a function");
    std::unique_lock lock{mutex_};
    auto due = detail::after(std::max(delay, std::chrono::nanoseconds::zero()));
    auto number = ++last_;
    times_.emplace(number, due);
    auto place = functions_.emplace(std::pair{due, number}, std::move(f)).first;
    bool first = place == functions_.begin();
    lock.unlock();
    if (first)
      changed_.notify_one();
    return number;
  }

  /// Keeps a function from being called. Returns whether it did: then the function never runs.
  /// False if it is too late: it has run, runs now, or was cancelled before.
  bool cancel(id number) {
    function_map::node_type forgotten; // destroyed outside of the lock
    std::lock_guard lock{mutex_};
    auto time = times_.find(number);
    if (time == times_.end())
      return false;
    forgotten = functions_.extract({time->second, number});
    times_.erase(time);
    return true;
  }

private:
  using time_point = std::chrono::steady_clock::time_point;
  using function_map = std::map<std::pair<time_point, id>, std::function<void()>>;

  time_point first_due() const {
    return functions_.empty() ? time_point::max() : functions_.begin()->first.first;
  }

  void run() {
    std::unique_lock lock{mutex_};
    while (!closed_) {
      auto due = first_due();
      if (functions_.empty())
        changed_.wait(lock);
      else if (std::chrono::steady_clock::now() < due)
        changed_.wait_until(lock, due, [&] { return closed_ || first_due() < due; });
      else
        call_first(lock);
    }
  }

  void call_first(std::unique_lock<sync::mutex>& lock) {
    auto first = functions_.extract(functions_.begin());
    times_.erase(first.key().second);
    lock.unlock();
    first.mapped()();
    first = {};
    lock.lock();
  }

  sync::mutex mutex_{"timer"};
  sync::condition_variable changed_{"changed"};
  function_map functions_;                   // guarded by mutex_
  std::unordered_map<id, time_point> times_; // guarded by mutex_
  id last_ = 0;                              // guarded by mutex_
  bool closed_ = false;                      // guarded by mutex_
  sync::thread thread_;
};

} // namespace mailroom::lock_based
