#pragma once

#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "mailroom/future/wait.hpp"

namespace mailroom {

/// Futures in the order in which they are done: what `as_completed` returns.
///
/// A range to be walked through once, by one thread. It holds no future it has handed out, but for
/// the one the iterator points to until it moves on.
template <class Future>
class completions {
public:
  class iterator {
  public:
    using value_type = Future;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(completions* range) : range_(range) {}

    /// Hands the future over: it can be had once.
    Future operator*() const { return std::move(*range_->current_); }
    iterator& operator++() {
      range_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !range_->current_.has_value(); }

  private:
    completions* range_ = nullptr;
  };

  completions(std::vector<Future> futures, detail::clock::time_point deadline)
    : total_(futures.size()), deadline_(deadline) {
    std::vector<detail::state_ptr<detail::shared_state>> states;
    for (auto& f : futures)
      states.push_back(f.shared());
    futures.clear();
    queue_ = std::make_unique<detail::completion_queue>(std::move(states));
  }

  /// Waits for the first. Throws `timeout_error` as moving on does.
  iterator begin() {
    advance();
    return iterator{this};
  }
  std::default_sentinel_t end() const noexcept { return {}; }

private:
  void advance() {
    current_.reset();
    if (auto s = queue_->pop(deadline_))
      current_.emplace(std::move(*s));
    else if (queue_->left() > 0)
      throw timeout_error(std::to_string(queue_->left()) + " (of " + std::to_string(total_)
                          + ") futures unfinished");
  }

  std::unique_ptr<detail::completion_queue> queue_;
  std::optional<Future> current_;
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
