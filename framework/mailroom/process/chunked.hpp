#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "mailroom/executor/map.hpp"

namespace mailroom {

/// Results in the order of the input, which come in chunks: what `map` of a pool of processes
/// returns.
///
/// As `mapped`: a range to be walked through once, by one thread. Where a chunk threw, so does
/// moving on to its first item, and the walk may go on behind it.
template <class R>
class chunked {
public:
  /// What can be had of each item: for `void` there is nothing to see but that it is done.
  using item = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

  class iterator {
  public:
    using value_type = item;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(chunked* range) : range_(range) {}

    /// Hands the result over: it can be had once.
    item operator*() const { return std::move(*range_->current_); }
    iterator& operator++() {
      range_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !range_->current_.has_value(); }

  private:
    chunked* range_ = nullptr;
  };

  /// For executors.
  explicit chunked(mapped<std::vector<item>> chunks) : chunks_(std::move(chunks)) {}
  chunked(chunked&&) = default;

  /// Waits for the first result, or the one after the last one had.
  iterator begin() {
    advance();
    return iterator{this};
  }
  std::default_sentinel_t end() const noexcept { return {}; }

  /// Waits for the next result and returns it; nothing at the end. Throws what its chunk threw;
  /// `timeout_error` when time is up, and then there are no more.
  std::optional<item> next() {
    while (at_ == chunk_.size()) {
      chunk_.clear();
      at_ = 0;
      auto c = chunks_.next();
      if (!c)
        return std::nullopt;
      chunk_ = std::move(*c);
    }
    return std::move(chunk_[at_++]);
  }

  /// Cancels what has not begun; there are no more results.
  void close() {
    chunks_.close();
    chunk_.clear();
    at_ = 0;
    current_.reset();
  }

private:
  void advance() {
    current_.reset();
    current_ = next();
  }

  mapped<std::vector<item>> chunks_;
  std::vector<item> chunk_;
  std::size_t at_ = 0; // in chunk_
  std::optional<item> current_;
};

namespace detail {

/// Calls `F` with each of some items, in another process.
template <class F, class R, class Items>
struct chunk_function {
  auto operator()(std::vector<Items> items) const {
    F f;
    std::vector<typename chunked<R>::item> results;
    results.reserve(items.size());
    for (auto& i : items)
      if constexpr (std::is_void_v<R>)
        std::apply(f, std::move(i)), results.emplace_back();
      else
        results.push_back(std::apply(f, std::move(i)));
    return results;
  }
};

} // namespace detail

} // namespace mailroom
