#pragma once

#include <memory>
#include <mutex>

#include "mailroom/executor/call.hpp"
#include "mailroom/executor/executor.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

/// An executor made of actors: tasks are messages in one shared mailbox, workers are actors that
/// pull from it.
///
/// Whoever is free takes the next task, so a slow one holds up one worker and nobody else. (CAF's
/// own `actor_pool` deals tasks out in advance: a quick one may wait behind a slow one while others
/// are idle.) The mailbox orders tasks, as any mailbox; it does not make what they do atomic.
///
/// Unless told to be cooperative, each worker has a thread of its own and may block. An idle worker
/// is an actor without mail: it costs no time, and wakes up by a message. In its first 20 ms
/// without work its thread naps before, as waking a thread is quicker; the end of its actor system
/// waits for that.
///
/// A worker that is ended from outside, by the end of its actor system, is missed by nobody as long
/// as others live; if it was the last one, the executor is broken.
class actor_pool_executor : public executor_base {
public:
  /// Starts no worker yet. The actors live in `system::shared()`. Throws `std::invalid_argument` if
  /// an option is out of range.
  explicit actor_pool_executor(executor_options options = {});

  /// The actors live in `sys`, which has to outlive the executor.
  explicit actor_pool_executor(system& sys, executor_options options = {});

  ~actor_pool_executor();

  /// Returns the pool as an actor, for other actors to `request` a `call` from. It ends with the
  /// pool, and submits in the order of its mail. Any thread may call this.
  caf::actor actor();

private:
  actor_pool_executor(std::shared_ptr<system> shared, executor_options options);
  actor_pool_executor(std::shared_ptr<system> shared, system& sys, executor_options options);

  std::shared_ptr<system> shared_; // null if it is somebody else's
  system& system_;
  std::mutex mutex_;
  caf::actor front_; // guarded by mutex_
};

} // namespace mailroom
