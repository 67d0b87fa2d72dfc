#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mailroom/executor/thread_pool.hpp"
#include "mailroom/process/attendant.hpp"
#include "mailroom/process/link.hpp"
#include "mailroom/process/process_options.hpp"

namespace mailroom::detail {

/// A pool of threads each of which has a process do the work: queue, priorities, deadlines and the
/// rest are those of the threads.
class process_pool final : public thread_pool {
public:
  process_pool(process_pool_options settings, std::unique_ptr<workplace> place);

  const process_pool_options& settings() const noexcept { return settings_; }
  workplace& place() noexcept { return *place_; }

  using executor_core::throw_broken;

  /// Returns the numbers of the processes that live.
  std::vector<int> processes() const;

  /// Sends a signal to all processes, starts no more, and drops all tasks.
  void force_down(int signal);

  /// Drops all tasks, and all later ones; processes that run some are killed.
  void collapse(const std::string& why);

  /// Takes calls that are next, at most `most`, and no more than a worker's share of all.
  job_list take_calls(std::size_t most);
  using thread_pool::put_back;

  /// Waits for a while, unless the pool breaks meanwhile.
  void pause_before_another_try(std::chrono::milliseconds time);

private:
  void perform(worker& w, job& j) override;
  std::unique_ptr<worker> make_worker(unsigned number, std::string name) override;
  std::exception_ptr brokenness(const std::string& why) const override;
  void signal_all(int signal) noexcept;

  process_pool_options settings_;
  std::unique_ptr<workplace> place_;
  std::mutex mutex_;
  std::condition_variable broke_;
};

} // namespace mailroom::detail
