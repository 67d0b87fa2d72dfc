#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "mailroom/executor/worker.hpp"
#include "mailroom/process/conversation.hpp"
#include "mailroom/process/link.hpp"
#include "mailroom/process/remote_task.hpp"

namespace mailroom {

class remote_call;

namespace detail {

class process_pool;

/// A worker of a pool of processes: the thread here that has a process there run one task after the
/// other. It starts the process when there is a first task, hears of its end, and starts another.
class attendant : public worker {
public:
  attendant(process_pool& pool, unsigned number, std::string name);
  ~attendant() override;

  /// Lets the process run a call and returns the body of its answer. Throws what the task has
  /// thrown, or `broken_process_pool`. On the thread of this worker.
  buffer run(outgoing_call& call, const std::stop_token& stop);

  /// Runs to their end the tasks that have begun in the process meanwhile. On the thread of this
  /// worker.
  void end_ahead() noexcept;

  /// Lets the process end, if there is one. On the thread of this worker.
  void let_go() noexcept;

  /// Sends a signal to the process, if there is one. Any thread may call this.
  void kill(int signal) noexcept;

  /// Returns the number of the process; 0 if there is none. Any thread may call this.
  int process() const;

private:
  void start_process();
  void greet(clock::time_point until);
  frame ask(const remote_call& call, clock::time_point deadline);
  departure end_process(clock::time_point until) noexcept;
  [[noreturn]] void give_up(const std::string& why);

  process_pool& pool_;
  mutable std::mutex mutex_;
  std::unique_ptr<link> link_;       // changed under mutex_, by the thread of this worker only
  std::optional<conversation> talk_; // over link_
  int tasks_ = 0;                    // of this process
};

/// The attendant this thread is. Only in tasks of a pool of processes.
attendant& this_attendant() noexcept;

} // namespace detail

} // namespace mailroom
