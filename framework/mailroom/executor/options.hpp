#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "mailroom/future/failure.hpp"
#include "mailroom/processors.hpp"
#include "mailroom/queue_options.hpp"

namespace mailroom {

/// On what the workers of an actor pool run.
enum class worker_kind {
  own_threads, ///< each on a thread of its own: tasks may block
  cooperative  ///< as actors among others, on the threads of the actor system: tasks must not block
};

/// How to set up an executor. The defaults are those of Python's `ThreadPoolExecutor`.
struct executor_options {
  /// How many workers there may be; 0: `default_workers()`. They start when there is work for them.
  int max_workers = 0;

  /// Workers are called `PREFIX_0`, `PREFIX_1`, ...: in `ps -T` and gdb, too, which show the last
  /// 15 characters. Empty: `actor_pool-N` or `thread_pool-N`, where N counts the executors.
  std::string thread_name_prefix = {};

  /// Runs on each worker before its first task. If it throws, the executor is broken: tasks that
  /// wait get `broken_executor`, and so does `submit`.
  std::function<void()> initializer = {};

  /// Runs on each worker after its last task. What it throws is reported.
  std::function<void()> finalizer = {};

  /// How many tasks may wait; 0: as many as there is memory for.
  std::size_t max_queued = 0;
  overflow_policy overflow = overflow_policy::wait;

  /// A task is overtaken by at most this many later ones for each level of priority between them,
  /// so that nothing waits for ever.
  std::size_t ageing = 100;

  /// How long a worker without work stays. Nothing: until the shutdown, like Python's.
  std::optional<std::chrono::milliseconds> idle_timeout = {};

  /// Is told what went wrong in tasks without a future, in finalizers, and in the initializer.
  /// Empty: the handler of the program.
  failure_handler on_failure = {};

  /// Whether `stats` has the waiting and run times. They cost two looks at the clock per task.
  bool measure_times = false;

  /// For `actor_pool_executor` only.
  worker_kind workers = worker_kind::own_threads;
};

/// How to run one task.
struct task_options {
  /// Tasks of a higher one go first. Those of one priority go in the order of their submission.
  int priority = 0;

  /// How long it may take from now on until it is done. After that its future throws
  /// `timeout_error` at once, and the task is not begun, or is asked to stop. Its worker is busy
  /// until it returns.
  std::optional<std::chrono::nanoseconds> deadline = {};

  /// A request to stop cancels the task if it has not begun, and is handed on to it if it has.
  std::stop_token stop = {};

  /// Whether it may be begun again, by another process, if a pool of processes loses the one that
  /// runs it; of no effect among threads.
  bool idempotent = false;
};

/// How to run `map`.
struct map_options {
  /// How long all results together may take, from the call of `map`. Moving on to one that comes
  /// later throws `timeout_error`, and what has not begun is cancelled.
  std::optional<std::chrono::nanoseconds> timeout = {};

  /// How many items make one task in a pool of processes; of no effect among threads. At least 1.
  std::ptrdiff_t chunk_size = 1;

  /// How many tasks are under way at most; the input is read only so far ahead, so that it may be
  /// endless. Nothing: all are submitted at once.
  std::optional<std::ptrdiff_t> buffer_size = {};
};

/// How to end an executor.
struct shutdown_options {
  /// Whether to return only when all tasks are done and the workers have ended.
  bool wait = true;
  /// Whether tasks that have not begun are cancelled.
  bool cancel_futures = false;
  /// Whether tasks that run are asked to stop.
  bool request_stop = false;
  /// How long to wait at most. Nothing: as long as it takes.
  std::optional<std::chrono::nanoseconds> timeout = {};
};

/// Returns how many workers an executor has by default: `min(32, usable_processors() + 4)`.
inline int default_workers() {
  return std::min(32, usable_processors() + 4);
}

} // namespace mailroom
