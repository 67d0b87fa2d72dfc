#pragma once

namespace mailroom {

/// Makes this process a worker, if a `process_pool_executor` has started it as one: then it does
/// not return, but runs tasks until the pool lets it go. Else it does nothing.
///
/// A program that has pools of processes calls this first thing in `main`, like Python's `if
/// __name__ == "__main__"`: workers run the same program, and all before this call is done in each
/// of them. Objects with static storage are not destroyed in workers.
void serve_if_worker();

namespace detail {

/// Whether this program has called `serve_if_worker`.
bool can_have_workers() noexcept;

} // namespace detail

} // namespace mailroom
