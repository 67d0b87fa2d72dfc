#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

#include "mailroom/executor/options.hpp"
#include "mailroom/future/callable.hpp"
#include "mailroom/future/promise.hpp"
#include "mailroom/future/single_walk.hpp"

namespace mailroom {

namespace detail {

/// What can be had of a result: for `void` there is nothing to see but that it is done.
template <class R>
using item_of = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

} // namespace detail

/// Results in the order of the input: what `map` of an executor returns.
///
/// A range to be walked through once, by one thread. Moving on waits for the next result; where the
/// task threw, so does moving on, and the walk may go on behind it: `++i` once more, or `next()`.
/// Once its end was reached, that is the end. It keeps no result it has handed out.
///
/// A walk that has begun owns its tasks: destroying the range cancels those that have not begun.
/// Without a walk they all run.
template <class R>
class mapped : public detail::single_walk<mapped<R>, detail::item_of<R>> {
  using walk = detail::single_walk<mapped, detail::item_of<R>>;
  using stored = typename detail::typed_state<R>::stored;

public:
  using item = detail::item_of<R>;
  using submit_next = std::function<std::optional<future<R>>()>;

  /// For executors: `pending` are under way, `more` submits the next one, if there is one.
  mapped(std::deque<future<R>> pending, submit_next more, detail::clock::time_point deadline)
    : pending_(std::move(pending)), more_(std::move(more)), deadline_(deadline) {}

  mapped(mapped&& other) noexcept
    : walk(std::move(other)), pending_(std::exchange(other.pending_, {})),
      more_(std::exchange(other.more_, nullptr)), deadline_(other.deadline_),
      begun_(std::exchange(other.begun_, false)) {}
  mapped& operator=(mapped&&) = delete;
  ~mapped() {
    if (begun_)
      close();
  }

  /// Waits for the next result and returns it; nothing at the end. Throws what its task threw;
  /// `timeout_error` when time is up, and then there are no more.
  std::optional<stored> next() {
    begun_ = true;
    if (pending_.empty())
      return std::nullopt;
    if (!pending_.front().shared()->wait(deadline_)) {
      close();
      throw timeout_error("map: time is up");
    }
    auto first = std::move(pending_.front());
    pending_.pop_front();
    if (more_)
      submit_one_more();
    return hand_over(std::move(first));
  }

  /// Cancels what has not begun; there are no more results.
  void close() {
    more_ = nullptr;
    this->forget_current();
    for (auto& f : std::exchange(pending_, {}))
      f.cancel();
  }

private:
  /// What goes wrong with it has its place behind the results of those that are under way.
  void submit_one_more() {
    try {
      if (auto f = more_()) {
        pending_.push_back(std::move(*f));
        return;
      }
    } catch (...) {
      promise<R> failed;
      failed.set_exception(std::current_exception());
      pending_.push_back(failed.get_future());
    }
    more_ = nullptr;
  }

  static std::optional<stored> hand_over(future<R> f) {
    if constexpr (std::is_void_v<R>) {
      f.take();
      return stored{};
    } else if constexpr (std::is_reference_v<R>) {
      return std::addressof(f.take());
    } else {
      return f.take();
    }
  }

  std::deque<future<R>> pending_;
  submit_next more_;
  detail::clock::time_point deadline_;
  bool begun_ = false;
};

namespace detail {

/// Walks through several ranges at once, until the shortest ends. Owns those given as temporaries.
template <std::ranges::input_range... Rs>
class zipped {
public:
  using values = std::tuple<std::ranges::range_value_t<Rs>...>;

  explicit zipped(Rs... ranges) : ranges_(std::move(ranges)...) {}

  std::optional<values> next() { return next(std::index_sequence_for<Rs...>{}); }

private:
  template <std::size_t... I>
  std::optional<values> next(std::index_sequence<I...>) {
    if (!at_)
      at_.emplace(std::ranges::begin(std::get<I>(ranges_))...);
    else if (!ended_)
      (++std::get<I>(*at_), ...);
    ended_ = ended_ || ((std::get<I>(*at_) == std::ranges::end(std::get<I>(ranges_))) || ...);
    if (ended_)
      return std::nullopt;
    return values(*std::get<I>(*at_)...);
  }

  std::tuple<Rs...> ranges_;
  std::optional<std::tuple<std::ranges::iterator_t<Rs>...>> at_;
  bool ended_ = false;
};

/// Submits what `map` submits before it returns. `submit_next` returns a future, or nothing at the
/// end.
template <class R>
mapped<R> start_map(const map_options& options, typename mapped<R>::submit_next submit_next) {
  auto deadline = options.timeout ? after(*options.timeout) : never;
  std::deque<future<R>> pending;
  auto limit = options.buffer_size ? static_cast<std::size_t>(*options.buffer_size)
                                   : std::numeric_limits<std::size_t>::max();
  while (pending.size() < limit) {
    auto next = submit_next();
    if (!next)
      return mapped<R>{std::move(pending), nullptr, deadline};
    pending.push_back(std::move(*next));
  }
  return mapped<R>{std::move(pending), std::move(submit_next), deadline};
}

inline void check(const map_options& options) {
  if (options.chunk_size < 1)
    throw std::invalid_argument("chunk_size must be >= 1");
  if (options.buffer_size && *options.buffer_size < 1)
    throw std::invalid_argument("buffer_size must be > 0");
}

} // namespace detail

} // namespace mailroom
