#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "mailroom/executor/run_queue.hpp"
#include "mailroom/future/primitives.hpp"

namespace mailroom::detail {

/// One mailbox for many workers, who pull: whoever is free takes the next job.
///
/// It has two stages, each with a lock and a cache line of its own, so that submitters and workers
/// meet only when the second one is empty and is filled with all there is in the first one. Any
/// thread may call all members.
template <class Primitives>
class basic_shared_mailbox {
  static constexpr bool nothrow = Primitives::nothrow;

  template <class T>
  using atomic = typename Primitives::template atomic<T>;
  using spinlock = typename Primitives::spinlock;

public:
  explicit basic_shared_mailbox(std::size_t ageing) noexcept : out_(ageing) {}

  /// How many jobs there are. What was pushed before is counted.
  std::size_t size() const noexcept(nothrow) {
    auto in = in_.size.load(std::memory_order_seq_cst); // first: see refill
    return in + out_.size.load(std::memory_order_seq_cst);
  }

  /// Whether some have a priority.
  bool has_ranked() const noexcept(nothrow) { return ranked_.load(std::memory_order_seq_cst) > 0; }

  /// Adds a job, if `admit`, which is called under the lock of the first stage, returns true.
  template <class Admit>
  bool push(job& j, Admit admit) {
    std::lock_guard lock{in_.lock};
    if (!admit())
      return false;
    if (j.rank() != 0)
      ranked_.fetch_add(1, std::memory_order_seq_cst);
    j.ticket = ++in_.last_ticket;
    in_.jobs.push_back(j);
    in_.size.store(in_.size.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
    return true;
  }

  /// Takes the next job, and up to `most - 1` after it as a list in `rest`. While there are
  /// priorities it takes one, and only if that is to be run before `own_ticket`.
  template <class Share>
  job* pop(Share share, std::int64_t own_ticket, job*& rest) {
    rest = nullptr;
    std::lock_guard lock{out_.lock};
    if (out_.queue.empty() || has_ranked())
      refill();
    if (out_.queue.has_ranked()) { // now: the first one may have come just before
      auto* j = out_.queue.pop_before(own_ticket);
      if (j && j->rank() != 0)
        ranked_.fetch_sub(1, std::memory_order_seq_cst);
      store_size();
      return j;
    }
    auto* first = out_.queue.pop();
    if (!first)
      return nullptr;
    job_list more;
    for (auto n = share(out_.queue.size()); n > 1 && !out_.queue.empty(); --n)
      more.push_back(*out_.queue.pop());
    rest = more.release();
    store_size();
    return first;
  }

  /// Takes out the job that came first.
  job* pop_oldest() {
    std::lock_guard lock{out_.lock};
    refill();
    auto* j = out_.queue.pop_oldest();
    if (j && j->rank() != 0)
      ranked_.fetch_sub(1, std::memory_order_seq_cst);
    store_size();
    return j;
  }

  /// Takes out all that `predicate` selects.
  template <class Predicate>
  job_list extract_if(Predicate predicate) {
    std::lock_guard lock{out_.lock};
    refill();
    auto out = out_.queue.extract_if([&](job& j) {
      bool is = predicate(j);
      if (is && j.rank() != 0)
        ranked_.fetch_sub(1, std::memory_order_seq_cst);
      return is;
    });
    store_size();
    return out;
  }

  /// Returns when everybody who was in the middle of `push` is through.
  void await_pushes() { std::lock_guard lock{in_.lock}; }

private:
  void refill() {
    std::lock_guard lock{in_.lock};
    auto n = in_.size.load(std::memory_order_relaxed);
    if (has_ranked())
      while (auto* j = in_.jobs.pop_front())
        out_.queue.push(*j);
    else
      out_.queue.append_ordinary(in_.jobs, n);
    // First there, then away here: who looks meanwhile sees them twice rather than not at all.
    store_size();
    in_.size.store(0, std::memory_order_seq_cst);
  }

  void store_size() noexcept(nothrow) {
    out_.size.store(out_.queue.size(), std::memory_order_seq_cst);
  }

  static constexpr std::size_t line = 64;

  struct alignas(line) {
    spinlock lock;
    atomic<std::size_t> size{0};
    std::int64_t last_ticket = 0; // guarded by lock
    job_list jobs;                // guarded by lock
  } in_;

  struct alignas(line) second_stage {
    explicit second_stage(std::size_t ageing) noexcept : queue(ageing) {}
    spinlock lock; // taken before that of in_, if both are
    atomic<std::size_t> size{0};
    run_queue queue; // guarded by lock
  } out_;

  alignas(line) atomic<std::size_t> ranked_{0};
};

using shared_mailbox = basic_shared_mailbox<real>;

} // namespace mailroom::detail
