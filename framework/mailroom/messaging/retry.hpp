#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <random>
#include <stop_token>
#include <type_traits>

#include "mailroom/error.hpp"
#include "mailroom/future/failure.hpp"
#include "mailroom/messaging/backoff.hpp"

namespace mailroom {

/// When to try again, and for how long.
struct retry_options {
  using time_point = std::chrono::steady_clock::time_point;
  using nanoseconds = std::chrono::nanoseconds;

  int attempts = 3; ///< at most, the first one included
  backoff delay{};  ///< between them
  /// No attempt begins later than this; one that runs is not interrupted, but can know.
  nanoseconds timeout = nanoseconds::max();
  /// Which failures may pass by themselves. All others end it.
  std::function<bool(const std::exception_ptr&)> worth_it = is_any_of<timeout_error, rejected>;
  /// Wakes who waits for the next attempt, and there is none.
  std::stop_token stop{};
  /// Gives the same jitter each time; else it is random.
  std::optional<std::uint64_t> seed{};

  // -- for tests; empty functions stand for real time -----------------------------------------------

  std::function<time_point()> now{};
  /// Waits. Returns false, and at once, if told to stop.
  std::function<bool(nanoseconds, const std::stop_token&)> wait{};
};

/// What a function that is tried again may know.
struct attempt {
  int number;                    ///< from 1
  std::chrono::nanoseconds left; ///< until the timeout; its maximum if there is none
};

namespace detail {

template <class F>
concept can_be_tried = std::invocable<F&> || std::invocable<F&, const attempt&>;

/// Decides between attempts. For one thread.
class retry_plan {
public:
  /// Throws `cancelled_error` if told to stop.
  explicit retry_plan(const retry_options& options);

  attempt begin();

  /// Waits until it is time for the next attempt. Rethrows `why` if there is none.
  void failed(const std::exception_ptr& why);

private:
  using time_point = retry_options::time_point;
  using nanoseconds = retry_options::nanoseconds;

  time_point now() const;
  nanoseconds left() const;
  double chance();

  const retry_options& options_;
  const time_point start_;
  int begun_ = 0;
  std::optional<std::mt19937_64> random_; // made for the first failure
};

} // namespace detail

/// Calls `f()`, or `f(attempt)`, until it succeeds, and returns what it does. What `f` does may be
/// done more than once, even if it throws: it should do no harm when repeated.
///
/// For threads: who waits sleeps, so an actor should not. It sends itself a message after
/// `backoff::delay`. Any thread may call it; `f` runs there. Throws what the last attempt did, as
/// soon as it is clear that it was the last; `cancelled_error` when it is told to stop, before an
/// attempt or between two; `std::invalid_argument` if there are less than 1 attempts, the timeout
/// is negative, or the backoff wrong.
template <detail::can_be_tried F>
decltype(auto) retry(const retry_options& options, F&& f) {
  detail::retry_plan plan{options};
  for (;;) {
    auto current = plan.begin();
    try {
      if constexpr (std::invocable<F&, const attempt&>)
        return f(current);
      else
        return f();
    } catch (...) {
      plan.failed(std::current_exception());
    }
  }
}

} // namespace mailroom
