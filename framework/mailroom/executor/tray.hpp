#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "mailroom/executor/spinlock.hpp"
#include "mailroom/future/state.hpp"

namespace mailroom::detail {

/// The jobs a worker has laid out for itself: some from the mailbox, and those its tasks submitted.
///
/// First in, first out, for its owner and for others, who take from it what they can get. It also
/// knows which tasks its owner is in the middle of, and where their own jobs begin, for those who
/// wait for one of them and want to help. Its owner may call all members, others those that say so.
class tray {
public:
  /// How many there are; any thread may look. What was pushed before is counted.
  std::size_t size() const noexcept { return size_.load(std::memory_order_seq_cst); }

  void push_back(job& j) {
    std::lock_guard lock{lock_};
    append(j);
    wake_watcher();
  }

  /// Appends a list of jobs, and begins `first`, which is not among them.
  void push_all_and_begin(job* list, job& first) {
    std::lock_guard lock{lock_};
    while (list) {
      auto* next = list->next;
      append(*list);
      list = next;
    }
    begin(first);
  }

  /// Takes the first job and begins it.
  job* pop_front_and_begin() {
    if (size() == 0)
      return nullptr;
    std::lock_guard lock{lock_};
    auto* j = take_front();
    if (j)
      begin(*j);
    return j;
  }

  /// Takes `j` if it is the last one, and begins it.
  bool pop_back_and_begin(const job& j) {
    if (size() == 0)
      return false;
    std::lock_guard lock{lock_};
    if (head_ == tail_ || ring_[(tail_ - 1) & mask()] != &j)
      return false;
    auto* last = take_back();
    begin(*last);
    return true;
  }

  /// Begins a job that comes from elsewhere.
  void begin_other(const job& j) {
    std::lock_guard lock{lock_};
    begin(j);
  }

  /// The job begun last has ended.
  void end() noexcept {
    depth_.store(depth_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  }

  /// The ticket of the first job; any ticket comes before that of none.
  std::int64_t first_ticket() {
    std::lock_guard lock{lock_};
    return head_ == tail_ ? INT64_MAX : ring_[head_ & mask()]->ticket;
  }

  // -- for other threads ----------------------------------------------------------------------------

  /// Takes the first job.
  job* steal() {
    if (size() == 0)
      return nullptr;
    std::lock_guard lock{lock_};
    return take_front();
  }

  /// Takes a job that was submitted since `awaited` was begun here: by itself, or by what it waits
  /// for. Null if there is none.
  job* steal_descendant(shared_state& awaited) {
    if (size() == 0)
      return nullptr;
    std::lock_guard lock{lock_};
    auto since = begin_of(awaited);
    if (since >= tail_ || head_ == tail_)
      return nullptr;
    return head_ >= since ? take_front() : take_back();
  }

  /// Wakes `place` once when there may be such a job. Returns false if somebody else is to be
  /// woken.
  bool watch(parker& place) {
    std::lock_guard lock{lock_};
    if (watcher_)
      return false;
    watcher_ = &place;
    return true;
  }

  void unwatch(const parker& place) {
    std::lock_guard lock{lock_};
    if (watcher_ == &place)
      watcher_ = nullptr;
  }

  /// Takes one job out of the middle. Returns whether it was there.
  bool remove(const job& j) {
    std::lock_guard lock{lock_};
    for (auto at = head_; at != tail_; ++at)
      if (ring_[at & mask()] == &j) {
        for (; at != head_; --at)
          ring_[at & mask()] = ring_[(at - 1) & mask()];
        ++head_;
        store_size();
        return true;
      }
    return false;
  }

private:
  struct begun {
    const job* what;
    std::uint64_t since; // jobs from here on were submitted meanwhile
  };

  std::uint64_t mask() const noexcept { return ring_.size() - 1; }

  void store_size() noexcept { size_.store(tail_ - head_, std::memory_order_seq_cst); }

  void append(job& j) {
    if (tail_ - head_ == ring_.size())
      grow();
    ring_[tail_++ & mask()] = &j;
    store_size();
  }

  void grow() {
    std::vector<job*> larger(2 * ring_.size());
    for (auto at = head_; at != tail_; ++at)
      larger[at & (larger.size() - 1)] = ring_[at & mask()];
    ring_.swap(larger);
  }

  job* take_front() noexcept {
    if (head_ == tail_)
      return nullptr;
    auto* j = ring_[head_++ & mask()];
    store_size();
    return j;
  }

  job* take_back() noexcept {
    auto* j = ring_[--tail_ & mask()];
    store_size();
    return j;
  }

  void begin(const job& j) {
    auto depth = depth_.load(std::memory_order_relaxed);
    if (depth == begun_.size())
      begun_.emplace_back();
    begun_[depth] = {&j, tail_};
    depth_.store(depth + 1, std::memory_order_relaxed);
  }

  // The owner ends tasks without the lock: what is begun here may have ended, but not been
  // replaced.
  std::uint64_t begin_of(shared_state& awaited) const noexcept {
    if (awaited.done())
      return UINT64_MAX;
    for (auto i = std::min(depth_.load(std::memory_order_relaxed), begun_.size()); i > 0; --i)
      if (begun_[i - 1].what == &awaited)
        return begun_[i - 1].since;
    return UINT64_MAX;
  }

  void wake_watcher() noexcept {
    if (watcher_) {
      watcher_->unpark();
      watcher_ = nullptr;
    }
  }

  spinlock lock_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::size_t> depth_{0}; // how many of begun_ count; written by the owner
  // All below is guarded by lock_.
  std::uint64_t head_ = 0;
  std::uint64_t tail_ = 0;
  std::vector<job*> ring_ = std::vector<job*>(64); // a power of two
  std::vector<begun> begun_;
  parker* watcher_ = nullptr;
};

} // namespace mailroom::detail
