#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "mailroom/future/single_walk.hpp"
#include "mailroom/future/wait.hpp"

namespace mailroom {

/// Futures in the order in which they are done: what `as_completed` returns.
///
/// A range to be walked through once, by one thread. It holds no future it has handed out, but for
/// the one the iterator points to until it moves on.
template <class Future>
class completions : public detail::single_walk<completions<Future>, Future> {
public:
  completions(std::vector<Future> futures, detail::clock::time_point deadline)
    : total_(futures.size()), deadline_(deadline) {
    std::vector<detail::state_ptr<detail::shared_state>> states;
    for (auto& f : futures)
      states.push_back(f.shared());
    futures.clear();
    queue_ = std::make_unique<detail::completion_queue>(std::move(states));
  }

private:
  friend class detail::single_walk<completions, Future>;

  /// Waits for the next one and returns it; nothing at the end. Throws `timeout_error` when time is
  /// up.
  std::optional<Future> next() {
    if (auto s = queue_->pop(deadline_))
      return Future{std::move(*s)};
    if (queue_->left() > 0)
      throw timeout_error(std::to_string(queue_->left()) + " (of " + std::to_string(total_)
                          + ") futures unfinished");
    return std::nullopt;
  }

  std::unique_ptr<detail::completion_queue> queue_;
  std::size_t total_;
  detail::clock::time_point deadline_;
};

/// Returns a range of the futures in the order in which they are done; those that already are come
/// first. Each comes once, however often it is in `futures`.
///
/// Time counts from this call. When it is up, moving on throws `timeout_error`, once everything
/// that was done in time has been had. The range is for one thread; within a task it helps, like
/// `wait`.
template <future_range R>
auto as_completed(R&& futures, std::optional<std::chrono::nanoseconds> timeout = {}) {
  auto deadline = timeout ? detail::after(*timeout) : detail::never;
  auto all = detail::distinct(std::forward<R>(futures));
  return completions<typename decltype(all)::value_type>{std::move(all), deadline};
}

} // namespace mailroom
