#pragma once

// 9: a thread that sleeps until the next of many things is due.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "mailroom/messaging/timers.hpp"

namespace mailroom::benches::idioms {

namespace with_locks {

class timeouts {
public:
  using clock = std::chrono::steady_clock;
  using timeout = std::pair<clock::time_point, std::uint64_t>; // when, and a number

  timeouts() : thread_([this] { work(); }) {}

  ~timeouts() {
    {
      std::lock_guard lock{mutex_};
      closed_ = true;
    }
    changed_.notify_one();
  }

  timeout after(clock::duration delay, std::function<void()> f) {
    std::unique_lock lock{mutex_};
    timeout t{clock::now() + delay, ++last_};
    auto place = functions_.emplace(t, std::move(f)).first;
    bool first = place == functions_.begin();
    lock.unlock();
    if (first)
      changed_.notify_one();
    return t;
  }

  /// Returns whether it came in time: then the function never runs.
  bool cancel(const timeout& t) {
    std::map<timeout, std::function<void()>>::node_type gone; // destroyed outside of the lock
    std::lock_guard lock{mutex_};
    gone = functions_.extract(t);
    return !gone.empty();
  }

private:
  void work() {
    std::unique_lock lock{mutex_};
    while (!closed_)
      if (functions_.empty())
        changed_.wait(lock);
      else if (auto due = functions_.begin()->first.first; clock::now() < due)
        changed_.wait_until(lock, due); // or until another one is the first
      else {
        auto first = functions_.extract(functions_.begin());
        lock.unlock();
        first.mapped()();
        first = {};
        lock.lock();
      }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<timeout, std::function<void()>> functions_; // guarded by mutex_, as are the others
  std::uint64_t last_ = 0;
  bool closed_ = false;
  std::jthread thread_; // behind what it uses: joined before that is gone
};

} // namespace with_locks

namespace with_actors {

class timeouts : public timers {
public:
  /// Returns whether it came in time: then the function never runs.
  bool cancel(const timer& t) { return t.cancel(); }
};

} // namespace with_actors

} // namespace mailroom::benches::idioms
