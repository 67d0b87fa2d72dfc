#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "mailroom/executor/executor_core.hpp"
#include "mailroom/executor/pool_worker.hpp"
#include "mailroom/executor/shared_mailbox.hpp"
#include "mailroom/future/event_count.hpp"
#include "mailroom/system.hpp"

namespace mailroom::detail {

/// What an actor pool is made of: a shared mailbox, workers that pull from it into trays of their
/// own, and those that are idle.
///
/// Nobody is woken while some worker searches; a worker that finds something while it searches
/// wakes the next one, if there is more. So a flood of tasks costs few messages. That no task is
/// left lying rests on one rule: who adds a task looks for searching and idle workers afterwards,
/// and who ends searching and becomes idle looks for tasks afterwards, all in one order
/// (`seq_cst`).
class actor_pool final : public executor_core {
public:
  actor_pool(system& sys, executor_options options);

  // -- for submitters -------------------------------------------------------------------------------

  void push(job& j) override;
  bool remove(shared_state& task) override;

  // -- for workers that wait ------------------------------------------------------------------------

  bool run_last(worker& me, shared_state& task) override;
  void run_started(worker& me, shared_state& task) override;
  bool run_descendant(worker& me, shared_state& awaited) override;
  void watch_descendants(worker& me, shared_state& awaited, parker* place) override;

  // -- for the actors -------------------------------------------------------------------------------

  enum class then { sleep, go_on, end };

  /// What a worker does when it is told to look for tasks. Whoever told it has counted it as
  /// searching.
  then work(pool_worker& w);

  /// Returns whether a worker that has been idle for long is to end.
  bool leave_when_idle(pool_worker& w) { return idle_.take(w); }

  /// For how long a worker naps before it sleeps, if it is idle: in this time, waking it is
  /// cheaper.
  std::chrono::milliseconds nap_time() const noexcept { return nap_time_; }

  /// Is called by the actor when it ends, on its thread: because one of the two above said so, or
  /// because it was told to from outside.
  void ended(pool_worker& w, bool regularly);

private:
  // -- the mailbox ----------------------------------------------------------------------------------

  std::size_t bound() const noexcept { return options().max_queued; }
  bool admits();
  bool make_room(job& j, pool_worker* me);
  bool forget_the_dead();
  job* take_all() override;

  // -- looking for tasks ----------------------------------------------------------------------------

  then look_for_tasks(pool_worker& w, int budget);
  job* next_for(pool_worker& w);
  job* pull(pool_worker& w, std::size_t most);
  job* steal(pool_worker& w);
  void run_begun(pool_worker& w, job& j);
  bool work_left();
  bool tasks_left();
  bool may_end();

  // -- workers --------------------------------------------------------------------------------------

  pool_worker* runner_of(shared_state& task) noexcept;
  /// Calls `f` for each worker until it returns true.
  template <class F>
  bool for_some_worker(F f) {
    for (unsigned i = 1; i <= max_workers(); ++i) {
      auto* w = static_cast<pool_worker*>(worker_at(i));
      if (!w)
        return false; // numbers are given out in order
      if (f(*w))
        return true;
    }
    return false;
  }
  std::unique_ptr<worker> make_worker(unsigned number, std::string name) override;
  void staff();
  void wake_one();
  /// One worker less searches, or was told to. Nobody was woken for what came meanwhile.
  void end_search();
  void wake_all();
  void pause_changed() override { wake_all(); }
  void close() override;
  bool workers_ended() override;

  system& system_;
  std::chrono::milliseconds nap_time_;
  shared_mailbox mailbox_;
  alignas(64) std::atomic<int> searching_{0}; // workers that look for tasks, or were told to
  alignas(64) idle_workers idle_;
  event_count room_; // in the mailbox
  std::mutex mutex_; // of those who start and end workers
};

} // namespace mailroom::detail
