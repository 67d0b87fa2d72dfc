#pragma once

#include <cstddef>
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
class chunked : public detail::single_walk<chunked<R>, detail::item_of<R>> {
public:
  using item = detail::item_of<R>;

  /// For executors.
  explicit chunked(mapped<std::vector<item>> chunks) : chunks_(std::move(chunks)) {}
  chunked(chunked&&) = default;

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
    this->forget_current();
  }

private:
  mapped<std::vector<item>> chunks_;
  std::vector<item> chunk_;
  std::size_t at_ = 0; // in chunk_
};

namespace detail {

/// Calls `F` with each of some items, in another process.
template <class F, class R, class Items>
struct chunk_function {
  auto operator()(std::vector<Items> items) const {
    F f;
    std::vector<item_of<R>> results;
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
