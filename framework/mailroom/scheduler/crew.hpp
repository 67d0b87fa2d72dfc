#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "mailroom/caf.hpp"
#include "mailroom/future/parker.hpp"
#include "mailroom/future/spinlock.hpp"
#include "mailroom/scheduler/job_queue.hpp"

namespace mailroom::detail {

/// Deals jobs out to the threads of a scheduler and puts those to sleep that have none. It owns
/// neither the threads nor the jobs.
///
/// A job that comes from outside goes to a queue for all. A job that another job brings forth is
/// *handed over*: the same thread runs it next, without waking anybody, while its message is in the
/// cache. Of several such jobs, all but the last go to the thread's own queue, from which idle
/// threads steal.
///
/// Nobody is forgotten:
/// - Who is woken up searches; while it does, nobody else is woken up. Who stops searching, because
///   there is work or to sleep, looks once more after it has said so.
/// - As long as some threads run and others sleep, one of the sleepers is the *lookout*: it sets an
///   alarm, and makes public what was handed over by a job that does not end.
/// - Every thread looks now and then at all queues first, in turn.
///
/// All orders between threads are `seq_cst`: each of "I have put work there, is anybody asleep?"
/// and "I am asleep, is there work?" must see the other.
class crew {
public:
  using job = caf::resumable*;

  /// One thread: only it may pass itself to the functions below.
  class alignas(64) member {
  public:
    member() = default;

  private:
    friend class crew;

    std::atomic<job> handed_{nullptr};    // to be run next
    std::atomic<unsigned> turns_{0};      // how often it looked for a job
    std::atomic<unsigned> turns_seen_{0}; // when somebody last looked after it
    job_queue own_;
    parker bed_;
  };

  crew() = default;
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

  /// Adds a thread, before the first of them starts.
  member& hire();

  /// Adds a job from outside. Any thread may call this.
  void submit(job j);

  /// Adds a job on behalf of the one that `m` runs.
  void hand_over(member& m, job j);

  /// Adds a job that `m` has run for long enough: the others in its queue go first.
  void postpone(member& m, job j) { m.own_.push(j); }

  /// Returns the next job to run. Waits for it.
  job next(member& m);

  /// Returns a job that nobody will run any more; null if there is none. Once all have stopped.
  job left_by(member& m);
  job left_by_all() { return shared_.pop(); }

private:
  job look(member& m);
  job steal(member& m, unsigned first);
  job relieve_another(member& m, unsigned which);
  job sleep_until_job(member& m);
  static job take_handed(member& m);
  static job take_overdue(member& m);
  bool sleep(member& m, bool searching);
  bool get_up(member& m);
  bool keep_watch(member& m);
  void publish_handed(bool all);
  bool work_in_sight() const;
  bool handed_in_sight() const;
  void wake_one();
  void leave_bed(std::vector<member*>::iterator sleeper);

  std::vector<std::unique_ptr<member>> members_; // does not change once they work
  job_queue shared_;                             // from outside

  alignas(64) std::atomic<bool> searching_{false}; // by one thread
  std::atomic<std::size_t> sleeping_{0};           // how many sleepers_ there are
  std::atomic<member*> lookout_{nullptr};          // one of them; written under sleepers_lock_
  spinlock sleepers_lock_;
  std::vector<member*> sleepers_; // in the order in which they lay down; guarded by sleepers_lock_
};

} // namespace mailroom::detail
