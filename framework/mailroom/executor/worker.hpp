#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "mailroom/executor/statistics.hpp"
#include "mailroom/future/state.hpp"

namespace mailroom {

namespace detail {

class executor_core;

/// A counter that one thread writes and all may read.
class tally {
public:
  void add() noexcept {
    n_.store(n_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  std::uint64_t get() const noexcept { return n_.load(std::memory_order_acquire); }

private:
  std::atomic<std::uint64_t> n_{0};
};

/// How a task ended.
enum class ending { value, error };

/// One that runs the tasks of an executor: its name, its counters, and how it waits. What thread it
/// runs on, and where it gets tasks from, is the executor's business.
class worker : public helper {
public:
  /// `number` counts from 1, the names from 0.
  worker(executor_core& core, unsigned number, std::string name);

  executor_core& core() const noexcept { return core_; }
  unsigned number() const noexcept { return number_; }
  const std::string& name() const noexcept { return name_; }

  /// The worker this thread is; null for other threads.
  static worker* current() noexcept;

  // -- for its thread -------------------------------------------------------------------------------

  /// Makes the calling thread this worker, and names the thread if it is its own.
  void enter(bool own_thread) noexcept;
  void leave() noexcept;

  // -- for tasks ------------------------------------------------------------------------------------

  void begins() noexcept { started.add(); }
  /// Before others can see the result: whoever has it may count on the worker.
  void ends(ending how) noexcept { (how == ending::value ? done : failed).add(); }
  void measured(std::chrono::nanoseconds waited, std::chrono::nanoseconds ran) noexcept;

  // -- helper ---------------------------------------------------------------------------------------

  bool assist(std::span<shared_state* const> awaited) override;
  void block(std::span<shared_state* const> awaited, parker& place, std::uint32_t since,
             clock::time_point deadline) override;

  // -- for statistics -------------------------------------------------------------------------------

  std::uint64_t ended() const noexcept { return done.get() + failed.get() + cancelled.get(); }
  void add_times_to(statistics& s) const;

  std::atomic<bool> lives{false};
  tally submitted;                // tasks that tasks have put into its own queue
  tally started;                  // tasks begun
  std::atomic<unsigned> ahead{0}; // tasks begun elsewhere, before their turn here; not in `started`
  tally done;                     // tasks that returned
  tally failed;                   // tasks that threw
  tally cancelled;                // tasks that had been cancelled when their turn came

private:
  bool assist(shared_state& awaited);

  executor_core& core_;
  unsigned number_;
  std::string name_;
  int depth_ = 0; // of tasks run while waiting for them
  mutable std::mutex mutex_;
  histogram waiting_time_; // guarded by mutex_
  histogram run_time_;     // guarded by mutex_
};

/// Makes the calling thread a worker of that name and number, as far as tasks can see: they run in
/// another process than their executor.
void act_as_worker(const std::string& name, unsigned number);

} // namespace detail

/// What a task may ask about the worker that runs it.
namespace this_worker {

/// Returns the full name of the worker; empty on other threads.
std::string name();

/// Returns its number, from 0; -1 on other threads.
int index() noexcept;

} // namespace this_worker

} // namespace mailroom
