#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "mailroom/future/failure.hpp"
#include "mailroom/process/frame.hpp"
#include "mailroom/process/remote.hpp"
#include "mailroom/queue_options.hpp"

namespace mailroom {

/// A function and its arguments, to be called in other processes. Can be copied.
class remote_call {
public:
  /// Calls nothing.
  remote_call() = default;

  /// What can be called, and with what, is as for `process_pool_executor::submit`. Throws
  /// `serialization_error`, or what an `inspect` throws.
  template <class F, class... Arguments>
  requires(!std::same_as<std::decay_t<F>, remote_call>) explicit remote_call(
    F&&, Arguments&&... arguments)
    : message_(std::make_shared<detail::buffer>(
      detail::call_message<F>(std::forward<Arguments>(arguments)...))) {}

  explicit operator bool() const noexcept { return message_ != nullptr; }

  const detail::buffer& message() const noexcept { return *message_; }

private:
  std::shared_ptr<const detail::buffer> message_;
};

/// What a pool does when a worker is lost: killed, crashed, or ended by a task.
enum class worker_loss {
  replace,   ///< the task it ran gets `worker_lost`; another process takes its place
  break_pool ///< all tasks get `broken_process_pool`, and no more are taken: as in Python
};

/// How to set up a pool of processes. The defaults are those of Python's `ProcessPoolExecutor`, but
/// for `on_loss`.
struct process_pool_options {
  /// How many processes there may be; 0: `usable_processors()`. They start when there is work for
  /// them.
  int max_workers = 0;

  /// Workers are called `PREFIX_0`, `PREFIX_1`, ...: in `ps`, too. Empty: `process_pool-N`, where N
  /// counts the executors.
  std::string name_prefix = {};

  /// Is called in each process before its first task. If it throws, the pool is broken.
  remote_call initializer = {};

  /// Is called in each process after its last task. What it throws is reported.
  remote_call finalizer = {};

  /// As in `executor_options`.
  std::size_t max_queued = 0;
  overflow_policy overflow = overflow_policy::wait;
  std::size_t ageing = 100;
  std::optional<std::chrono::milliseconds> idle_timeout = {};
  failure_handler on_failure = {};
  bool measure_times = false;

  /// A process that has run so many tasks is replaced by a new one; 0: never.
  int max_tasks_per_child = 0;

  worker_loss on_loss = worker_loss::replace;

  /// How often an idempotent task is begun, at most, if it loses its workers.
  int most_attempts = 3;

  /// How long a process may take to start and to say so.
  std::chrono::milliseconds start_timeout{30'000};

  /// A process that has not moved for so long while a task runs there is killed: it was stopped,
  /// say. (What a task does, however long, is no reason: others of its threads answer.)
  std::chrono::milliseconds unresponsive_after{30'000};

  /// How long a task may go on after its deadline before its process is killed; and how long a
  /// process without tasks may take to end.
  std::chrono::milliseconds grace{5'000};
};

} // namespace mailroom
