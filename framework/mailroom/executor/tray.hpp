#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "mailroom/future/parker.hpp"
#include "mailroom/future/primitives.hpp"
#include "mailroom/future/state.hpp"

namespace mailroom::detail {

/// The jobs a worker has laid out for itself: some from the mailbox, and those its tasks submitted.
///
/// First in, first out, for its owner and for others, who take from it what they can get. It also
/// knows which tasks its owner is in the middle of, and where their own jobs begin, for those who
/// wait for one of them and want to help. Its owner may call all members, others those that say so.
///
/// Only the owner adds jobs, and needs no lock for it; whoever takes some does. Adding is in one
/// order with all else (`seq_cst`): whoever adds a job and sees no idle worker afterwards knows
/// that each will see the job before it sleeps. Who sees jobs that are gone looks in vain: no harm.
template <class Primitives>
class basic_tray {
  static constexpr bool nothrow = Primitives::nothrow;
  using parker = basic_parker<Primitives>;

public:
  /// `room`: for so many jobs at first, a power of two.
  explicit basic_tray(std::size_t room = 64) : ring_(room) {}

  /// How many there are; any thread may look. What was pushed before is counted.
  std::size_t size() const noexcept(nothrow) {
    auto head = head_.load(std::memory_order_seq_cst); // first: so it is never too little
    return tail_.load(std::memory_order_seq_cst) - head;
  }

  void push_back(job& j) {
    append(j);
    if (watcher_.load(std::memory_order_seq_cst))
      wake_watcher();
  }

  /// Appends a list of jobs, and begins `first`, which is not among them.
  void push_all_and_begin(job* list, job& first) {
    while (list) {
      auto* next = list->next;
      append(*list);
      list = next;
    }
    begin_other(first);
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
    if (head() == tail() || ring_[(tail() - 1) & mask()] != &j)
      return false;
    begin(*take_back());
    return true;
  }

  /// Begins a job that comes from elsewhere.
  void begin_other(const job& j) {
    std::lock_guard lock{lock_};
    begin(j);
  }

  /// The job begun last has ended.
  void end() noexcept(nothrow) {
    depth_.store(depth_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  }

  /// The ticket of the first job; any ticket comes before that of none.
  std::int64_t first_ticket() {
    std::lock_guard lock{lock_};
    return head() == tail() ? INT64_MAX : ring_[head() & mask()]->ticket;
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
    auto at = std::max(begin_of(awaited), head());
    return at < tail() ? take_out(at) : nullptr;
  }

  /// Wakes `place` once when there may be such a job. Returns false if somebody else is to be
  /// woken.
  bool watch(parker& place) {
    std::lock_guard lock{lock_};
    if (watcher_.load(std::memory_order_relaxed))
      return false;
    watcher_.store(&place, std::memory_order_seq_cst);
    return true;
  }

  void unwatch(const parker& place) {
    std::lock_guard lock{lock_};
    if (watcher_.load(std::memory_order_relaxed) == &place)
      watcher_.store(nullptr, std::memory_order_relaxed);
  }

  /// Takes one job out of the middle. Returns whether it was there.
  bool remove(const job& j) {
    std::lock_guard lock{lock_};
    for (auto at = head(), end = tail(); at != end; ++at)
      if (ring_[at & mask()] == &j) {
        take_out(at);
        return true;
      }
    return false;
  }

private:
  template <class T>
  using atomic = typename Primitives::template atomic<T>;

  struct begun {
    const job* what;
    std::uint64_t since; // jobs from here on were submitted meanwhile
  };

  std::uint64_t mask() const noexcept { return ring_.size() - 1; }
  std::uint64_t head() const noexcept(nothrow) { return head_.load(std::memory_order_acquire); }
  std::uint64_t tail() const noexcept(nothrow) { return tail_.load(std::memory_order_acquire); }

  void append(job& j) {
    auto at = tail();
    if (at - head() == ring_.size())
      grow();
    ring_[at & mask()] = &j; // whoever took what was there has moved the head afterwards
    tail_.store(at + 1, std::memory_order_seq_cst);
  }

  void grow() {
    std::lock_guard lock{lock_};
    std::vector<job*> larger(2 * ring_.size());
    for (auto at = head(); at != tail(); ++at)
      larger[at & (larger.size() - 1)] = ring_[at & mask()];
    ring_.swap(larger);
  }

  job* take_front() noexcept(nothrow) {
    auto at = head();
    if (at == tail())
      return nullptr;
    auto* j = ring_[at & mask()];
    head_.store(at + 1, std::memory_order_release);
    return j;
  }

  /// For the owner: only it may move the tail.
  job* take_back() noexcept(nothrow) {
    auto at = tail() - 1;
    tail_.store(at, std::memory_order_release);
    return ring_[at & mask()];
  }

  /// Those before it move up.
  job* take_out(std::uint64_t place) noexcept(nothrow) {
    auto* j = ring_[place & mask()];
    auto first = head();
    for (auto at = place; at != first; --at)
      ring_[at & mask()] = ring_[(at - 1) & mask()];
    for (auto& b : begun_)
      if (b.since <= place)
        ++b.since;
    head_.store(first + 1, std::memory_order_release);
    return j;
  }

  void begin(const job& j) {
    auto depth = depth_.load(std::memory_order_relaxed);
    if (depth == begun_.size())
      begun_.emplace_back();
    begun_[depth] = {&j, tail()};
    depth_.store(depth + 1, std::memory_order_relaxed);
  }

  // The owner ends tasks without the lock: what is begun here may have ended, but not been
  // replaced.
  std::uint64_t begin_of(shared_state& awaited) const noexcept(nothrow) {
    if (awaited.done())
      return UINT64_MAX;
    for (auto i = std::min(depth_.load(std::memory_order_relaxed), begun_.size()); i > 0; --i)
      if (begun_[i - 1].what == &awaited)
        return begun_[i - 1].since;
    return UINT64_MAX;
  }

  void wake_watcher() noexcept(nothrow) {
    std::lock_guard lock{lock_};
    if (auto* place = watcher_.exchange(nullptr, std::memory_order_relaxed))
      place->unpark();
  }

  // Written under lock_, except for tail_, which is the owner's.
  atomic<std::uint64_t> head_{0};
  atomic<std::uint64_t> tail_{0};
  atomic<parker*> watcher_{nullptr};
  atomic<std::size_t> depth_{0}; // how many of begun_ count; written by the owner
  typename Primitives::spinlock lock_;
  // Guarded by lock_; places of ring_ beyond the tail belong to the owner.
  std::vector<job*> ring_;
  std::vector<begun> begun_;
};

using tray = basic_tray<real>;

} // namespace mailroom::detail
