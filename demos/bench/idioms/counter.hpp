#pragma once

// 1: a value under a mutex, which many change and nobody waits for.

#include <atomic>
#include <mutex>

#include "mailroom/messaging/agent.hpp"

namespace mailroom::benches::idioms {

namespace with_locks {

class counter {
public:
  void add(long n) {
    std::lock_guard lock{mutex_};
    total_ += n;
  }

  long total() {
    std::lock_guard lock{mutex_};
    return total_;
  }

private:
  std::mutex mutex_;
  long total_ = 0; // guarded by mutex_
};

/// The best there is, as long as there is no more to it than a number.
class atomic_counter {
public:
  void add(long n) { total_.fetch_add(n, std::memory_order_relaxed); }
  long total() { return total_; }

private:
  std::atomic<long> total_ = 0;
};

} // namespace with_locks

namespace with_actors {

class counter {
public:
  void add(long n) {
    total_.tell([n](long& total) { total += n; });
  }

  long total() { return total_.snapshot(); }

private:
  agent<long> total_;
};

} // namespace with_actors

} // namespace mailroom::benches::idioms
