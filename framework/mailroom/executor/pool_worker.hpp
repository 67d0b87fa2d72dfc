#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mailroom/caf.hpp"
#include "mailroom/executor/tray.hpp"
#include "mailroom/executor/worker.hpp"
#include "mailroom/future/spinlock.hpp"

namespace mailroom::detail {

/// A worker of an actor pool. The actor itself is a message handler that calls `actor_pool::work`.
class pool_worker final : public worker {
public:
  using worker::worker;

  alignas(64) detail::tray tray;
  caf::actor handle;              // set before it begins; guarded by the lock of the idle ones
  pool_worker* watched = nullptr; // in whose tray it waits for something to do
  parker* watching = nullptr;     // and how it is woken
  parker bed;                     // where it naps
  bool naps = false;              // guarded by the lock of the idle ones
  unsigned turns = 0;
  bool fit = false; // the initializer has run
};

/// Those workers of an actor pool that are idle. They nap at first: their thread sleeps in the
/// middle of a message, from where it is quickly woken. Then they sleep: actors without mail.
class idle_workers {
public:
  explicit idle_workers(std::size_t most) { idle_.reserve(most); }

  bool empty() const noexcept { return size_.load(std::memory_order_seq_cst) == 0; }
  /// `naps`: whether it will call `nap`.
  void enter(pool_worker& w, bool naps);
  /// Returns false if somebody else has taken it, and thus told it to look for tasks.
  bool take(pool_worker& w);
  /// Sleeps for `time` at most, on the thread of `w`, which had `since` from its bed before it
  /// entered. Returns false if somebody has taken it. If nobody has, a message will wake it.
  bool nap(pool_worker& w, std::uint32_t since, clock::duration time);
  /// Takes the one that became idle last: its caches are warm, and the others may end. Tells it to
  /// look for tasks. Returns false if there is none.
  bool wake_any();
  /// Forgets the handle of a worker that has ended.
  void forget(pool_worker& w);

private:
  std::atomic<std::size_t> size_{0};
  spinlock lock_;
  std::vector<pool_worker*> idle_; // guarded by lock_
};

/// Tells a worker that sleeps to look for tasks.
void tell_to_look(const caf::actor& w);

} // namespace mailroom::detail
