#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>

#include "mailroom/caf.hpp"
#include "mailroom/future/spinlock.hpp"

namespace mailroom::detail {

/// Actors that have something to do, first in, first out. May be used by many threads.
class job_queue {
public:
  using job = caf::resumable*;

  /// How many `move_to` moves at most.
  static constexpr std::size_t most_moved = 32;

  /// Returns how many there are. Threads agree on the order of this and other `seq_cst` operations.
  std::size_t size() const noexcept { return size_.load(std::memory_order_seq_cst); }

  void push(job j) {
    std::lock_guard lock{lock_};
    jobs_.push_back(j);
    size_.store(jobs_.size(), std::memory_order_seq_cst);
  }

  /// Takes the oldest job; null if there is none.
  job pop() {
    if (size() == 0)
      return nullptr;
    std::lock_guard lock{lock_};
    return take();
  }

  /// Takes the oldest job, and moves the next `others` to the end of another queue.
  job pop_and_move(std::size_t others, job_queue& to) {
    if (size() == 0)
      return nullptr;
    job first = nullptr;
    std::array<job, most_moved> moved; // never under two locks at once
    std::size_t count = 0;
    {
      std::lock_guard lock{lock_};
      first = take();
      for (auto most = std::min(others, most_moved); count < most && !jobs_.empty(); ++count)
        moved[count] = take();
    }
    if (count > 0) {
      std::lock_guard lock{to.lock_};
      to.jobs_.insert(to.jobs_.end(), moved.begin(), moved.begin() + count);
      to.size_.store(to.jobs_.size(), std::memory_order_seq_cst);
    }
    return first;
  }

private:
  /// Under the lock.
  job take() {
    if (jobs_.empty())
      return nullptr;
    auto* j = jobs_.front();
    jobs_.pop_front();
    size_.store(jobs_.size(), std::memory_order_relaxed);
    return j;
  }

  spinlock lock_;
  std::atomic<std::size_t> size_{0}; // written under the lock
  std::deque<job> jobs_;             // guarded by lock_
};

} // namespace mailroom::detail
