#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "mailroom/executor/options.hpp"
#include "mailroom/executor/statistics.hpp"
#include "mailroom/executor/worker.hpp"
#include "mailroom/future/event_count.hpp"

namespace mailroom::detail {

/// What all executors have in common, whatever their queue: options, names, workers and counters.
///
/// It is shared by the executor, its workers and tasks with a deadline, so that the executor may be
/// destroyed by one of its own tasks. Public members may be called by any thread.
class executor_core : public std::enable_shared_from_this<executor_core> {
public:
  /// Throws `std::invalid_argument` if an option is out of range. `kind` is the default prefix.
  executor_core(executor_options options, std::string_view kind);
  virtual ~executor_core();
  executor_core(const executor_core&) = delete;
  executor_core& operator=(const executor_core&) = delete;

  const executor_options& options() const noexcept { return options_; }
  unsigned max_workers() const noexcept { return static_cast<unsigned>(options_.max_workers); }

  // -- for the executor -----------------------------------------------------------------------------

  /// Takes a job over. Throws `shutdown_error`, `broken_executor`, or, if the policy says so,
  /// `rejected`; then the job stays with the caller.
  virtual void push(job& j) = 0;

  /// Cancels a task that has not begun, and forgets it at once. Returns whether it did.
  virtual bool remove(shared_state& task) = 0;

  void pause() { set_paused(true); }
  void resume() { set_paused(false); }
  bool paused() const noexcept { return paused_.load(std::memory_order_seq_cst); }

  /// Waits until no task waits or runs; while paused, until none runs. Returns whether that is so.
  bool wait_idle(clock::time_point deadline);

  /// Takes no more tasks, and ends the workers when none are left. Returns whether they have ended.
  bool shutdown(const shutdown_options& how);

  bool broken() const noexcept { return broken_.load(std::memory_order_seq_cst); }
  statistics stats() const;

  /// Returns how many workers live.
  int worker_count() const noexcept { return living_.load(std::memory_order_acquire); }

  // -- for workers ----------------------------------------------------------------------------------

  /// Returns the worker this thread is; null if it is none of this executor.
  worker* own_worker() const noexcept {
    auto* me = worker::current();
    return me && &me->core() == this ? me : nullptr;
  }

  /// Returns the worker of a number; null if none has had it yet.
  worker* worker_at(unsigned number) const noexcept {
    return workers_[number - 1].load(std::memory_order_acquire);
  }

  /// Takes a task that has not begun back from the end of the queue `me` fills, if it is there, and
  /// runs it. Returns whether it did.
  virtual bool run_last(worker&, shared_state&) { return false; }

  /// Runs a task that `me` has started while it waits for it.
  virtual void run_started(worker& me, shared_state& task) { task.execute(me); }

  /// Runs something that has to end before `awaited`, which has begun. Returns whether there was
  /// anything.
  virtual bool run_descendant(worker&, shared_state&) { return false; }

  /// Wakes `place`, once, when there may be such a thing to run; null takes that back.
  virtual void watch_descendants(worker&, shared_state&, parker*) {}

  void report(std::string_view doing, const std::exception_ptr& what) const noexcept {
    report_failure(options_.on_failure, doing, what);
  }

  // -- for tasks ------------------------------------------------------------------------------------

  /// Knows a task as long as it runs and can be asked to stop.
  void stoppable_begins(shared_state& task);
  void stoppable_ends(shared_state& task);

  /// Counts a task that no queue has taken over.
  void count_submitted_elsewhere() noexcept {
    submitted_elsewhere_.fetch_add(1, std::memory_order_acq_rel);
  }

  /// Counts a task that ended while it was queued.
  void expired() noexcept {
    expired_.fetch_add(1, std::memory_order_acq_rel);
    look_again();
  }

  /// Says that this thread ends tasks that no worker will run, or not to their end. `shutdown`
  /// waits until they and their callbacks have ended.
  class ending_elsewhere {
  public:
    explicit ending_elsewhere(executor_core& core) noexcept;
    ~ending_elsewhere();
    ending_elsewhere(const ending_elsewhere&) = delete;
    ending_elsewhere& operator=(const ending_elsewhere&) = delete;

    /// Whether this thread is inside of one for `core`: in a callback, say.
    static bool is_inside(const executor_core& core) noexcept;

  private:
    executor_core& core_;
    ending_elsewhere* outer_;
    static thread_local ending_elsewhere* innermost_;
  };

protected:
  // -- for the kinds of executors -------------------------------------------------------------------

  /// Lets workers end when there are no tasks left, and wakes those who would not notice.
  virtual void close() = 0;

  /// Returns whether all workers have ended, and there is nothing left to do for them. May start
  /// one.
  virtual bool workers_ended() = 0;

  /// Gives back what the workers leave behind, once they have ended.
  virtual void bury_workers() {}

  /// Takes all tasks that have not begun out of the queue.
  virtual job* take_all() = 0;

  /// Makes workers notice `paused()`.
  virtual void pause_changed() = 0;

  /// Throws what `submit` has to throw if no more tasks are taken.
  void check_open() const;
  bool closing() const noexcept { return closing_.load(std::memory_order_seq_cst); }

  /// Tasks that have been submitted so far; and those of them that have not ended.
  std::uint64_t submitted() const noexcept;
  std::uint64_t unfinished() const noexcept;

  /// Returns whether there are more tasks than workers, and may be more workers.
  bool short_of_workers() const noexcept {
    auto living = worker_count();
    return living < static_cast<int>(max_workers())
           && unfinished() > static_cast<std::uint64_t>(living);
  }

  /// Returns a worker that is to live: a new one, or one that has ended. Null if there is none to
  /// be had. This one and those below are for one thread at a time.
  worker* hire();

  /// A worker has decided to end: it takes no more tasks. Or it has changed its mind.
  void retire() noexcept { living_.fetch_sub(1, std::memory_order_seq_cst); }
  void rehire() noexcept { living_.fetch_add(1, std::memory_order_seq_cst); }

  /// A worker has ended, or could not begin: another one may take its place.
  void dismiss(worker& w) noexcept { w.lives.store(false, std::memory_order_release); }

  /// Makes a worker of the kind this executor has.
  virtual std::unique_ptr<worker> make_worker(unsigned number, std::string name) {
    return std::make_unique<worker>(*this, number, std::move(name));
  }

  /// The beginning of a worker, on its thread. Returns false if the initializer failed; then the
  /// executor is broken.
  bool enter(worker& w, bool own_thread) noexcept;

  /// The end of a worker, on its thread, if it could begin.
  void leave(worker& w) noexcept;

  /// Drops all tasks, and all later ones.
  void break_down(const std::string& why);

  /// Returns what tasks get if this executor has broken down: an exception of its own for each, as
  /// they may be thrown in many threads at once.
  virtual std::exception_ptr brokenness(const std::string& why) const;

  /// Throws what `submit` has to throw if it has broken down.
  [[noreturn]] void throw_broken() const;

  /// Drops one task for lack of room.
  void reject(job& j);

  /// Drops one task because the executor has broken down.
  void drop(job& j);

  /// Cancels a task that was taken out of the queue. Returns whether it did, and nobody else.
  bool revoke(job& j);

  /// Lets `wait_idle` and `shutdown` look again: something has ended.
  void look_again() noexcept { changed_.notify_all_in_any_order(); }

  /// For one thread at a time: for whoever holds the lock of the queue.
  void count_submitted() noexcept { submitted_.add(); }

private:
  std::string why_broken() const;
  void set_paused(bool paused);
  /// Sleeps until `condition` is true, which is looked at after each `look_again`. Returns whether
  /// it is.
  bool await(const std::function<bool()>& condition, clock::time_point deadline);
  void count(job::discarded d) noexcept;
  void discard_all(const std::function<job::discarded(job&)>& discard);

  executor_options options_;
  std::unique_ptr<std::atomic<worker*>[]> workers_; // max_workers; owned
  std::atomic<int> living_{0};

  std::atomic<bool> closing_{false};
  std::atomic<bool> broken_{false};
  std::atomic<bool> paused_{false};

  tally submitted_;
  std::atomic<std::uint64_t> submitted_elsewhere_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> expired_{0};
  std::atomic<std::uint64_t> removed_{0};

  std::atomic<int> ending_elsewhere_{0};
  event_count changed_;

  mutable std::mutex mutex_;
  std::string why_broken_;                      // guarded by mutex_
  std::unordered_set<shared_state*> stoppable_; // guarded by mutex_; all run, so all live
};

// -- all executors of the program ------------------------------------------------------------------

/// Returns the core at an address, if it lives.
std::shared_ptr<executor_core> find_core(executor_core* address);

/// Makes a core known: it is waited for when the program ends, if it still lives then.
void enter_core(const std::shared_ptr<executor_core>& core);

/// Whether the program is past its end, so that no executor takes tasks.
bool program_has_ended() noexcept;

} // namespace mailroom::detail
