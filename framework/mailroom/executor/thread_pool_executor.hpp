#pragma once

#include "mailroom/executor/executor.hpp"

namespace mailroom {

/// An executor made of threads, a mutex and a condition variable: the control.
///
/// The same contract as `actor_pool_executor`, in the way one would write it with locks: one queue
/// under one mutex, one condition to wait for work. Where they differ is speed; see
/// "bench pool". Its workers do not help with what a task they wait for has submitted.
class thread_pool_executor : public executor_base {
public:
  /// Starts no worker yet. Throws `std::invalid_argument` if an option is out of range, which
  /// includes `workers`: there are no cooperative threads.
  explicit thread_pool_executor(executor_options options = {});
};

} // namespace mailroom
