#pragma once

#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "mailroom/executor/executor_core.hpp"
#include "mailroom/executor/run_queue.hpp"

namespace mailroom::detail {

/// What is behind an executor whose workers are threads: one queue under one mutex, one condition
/// to wait for work.
class thread_pool : public executor_core {
public:
  /// `kind` is the default prefix of names. If it `lingers`, a worker without a task looks for
  /// one for a moment before it sleeps.
  thread_pool(executor_options options, std::string_view kind, bool lingers = false);
  ~thread_pool() override;

  void push(job& j) override;
  bool remove(shared_state& task) override;

protected:
  /// Runs a task that was taken from the queue, on the thread of the worker.
  virtual void perform(worker& w, job& j) { j.run(w); }

  /// Takes jobs from the front of the queue, at most `most`, and no more than a worker's share,
  /// as long as `predicate` selects the next one. None while paused.
  job_list take_more(std::size_t most, bool (*predicate)(job&));

  /// Puts jobs that have not begun back to where they were; abandons them if the pool is broken.
  void put_back(job_list jobs);

private:
  bool full() const noexcept {
    return options().max_queued > 0 && queue_.size() >= options().max_queued;
  }
  bool make_room(std::unique_lock<std::mutex>& lock, job& j);
  job* take_all() override;

  void staff(std::unique_lock<std::mutex>& lock);
  void work(worker& w);
  void run_tasks(worker& w);
  bool is_needed_again(worker& w);
  bool sleep(std::unique_lock<std::mutex>& lock);

  void pause_changed() override { close(); }
  void close() override;
  bool workers_ended() override;
  void bury_workers() override;

  std::mutex mutex_;
  std::condition_variable work_;  // there is a task, or an end
  std::condition_variable space_; // there is room in the queue
  run_queue queue_;               // guarded by mutex_, as are the others
  const bool lingers_;
  std::int64_t last_ticket_ = 0;
  std::vector<std::thread> threads_; // by number - 1
};

} // namespace mailroom::detail
