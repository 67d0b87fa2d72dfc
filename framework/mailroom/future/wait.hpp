#pragma once

#include <chrono>
#include <concepts>
#include <iterator>
#include <optional>
#include <ranges>
#include <unordered_set>
#include <vector>

#include "mailroom/future/completion_queue.hpp"
#include "mailroom/future/future.hpp"

namespace mailroom {

/// A range of futures, all of one type.
template <class R>
concept future_range =
  std::ranges::input_range<R> && std::derived_from<std::ranges::range_value_t<R>, any_future>;

/// When `wait` returns.
enum class return_when {
  first_completed, ///< one is done
  first_exception, ///< one has failed, or all are done
  all_completed    ///< all are done
};

/// What `wait` found: each future once.
template <class Future>
struct waited {
  std::vector<Future> done;
  std::vector<Future> not_done;
};

namespace detail {

/// Returns the futures of a range, each once, in order.
template <future_range R>
auto distinct(R&& futures) {
  std::vector<std::ranges::range_value_t<R>> once;
  std::unordered_set<shared_state*> seen;
  for (auto&& f : futures) {
    if (!f.valid())
      throw invalid_state_error("cannot wait for an empty future");
    if (seen.insert(f.shared().get()).second)
      once.push_back(f);
  }
  return once;
}

/// Waits until `until` is fulfilled or `deadline`.
void wait_for_states(std::vector<state_ptr<shared_state>> states, return_when until,
                     clock::time_point deadline);

template <class Future>
std::vector<state_ptr<shared_state>> states_of(const std::vector<Future>& futures) {
  std::vector<state_ptr<shared_state>> states;
  states.reserve(futures.size());
  for (auto& f : futures)
    states.push_back(f.shared());
  return states;
}

} // namespace detail

/// Waits for some futures, which may be of several executors, and returns which are done.
///
/// Running out of time is no error: whatever is done then, is returned. A cancelled future counts
/// as done when whoever would have run it has noticed. Any thread may call it; within a task it
/// runs other tasks it waits for, and throws `would_deadlock` where all of them wait for it.
template <future_range R>
auto wait(R&& futures, return_when until = return_when::all_completed,
          std::optional<std::chrono::nanoseconds> timeout = {}) {
  auto deadline = timeout ? detail::after(*timeout) : detail::never;
  auto all = detail::distinct(std::forward<R>(futures));
  detail::wait_for_states(detail::states_of(all), until, deadline);
  waited<typename decltype(all)::value_type> result;
  for (auto& f : all)
    (f.shared()->settled() ? result.done : result.not_done).push_back(std::move(f));
  return result;
}

} // namespace mailroom
