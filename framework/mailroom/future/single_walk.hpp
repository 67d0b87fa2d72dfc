#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

namespace mailroom::detail {

/// A range to be walked through once, by one thread: its iterator and its ends. It holds no item
/// but the one the iterator points to until it moves on.
///
/// `Walk` derives from it and has `next()`, which returns the next item, or nothing at the end.
/// Items that are references are kept as pointers, and `next` returns those.
template <class Walk, class Item>
class single_walk {
public:
  class iterator {
  public:
    using value_type = std::remove_cvref_t<Item>;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(single_walk* range) : range_(range) {}

    /// Hands the item over: it can be had once.
    Item operator*() const {
      if constexpr (std::is_reference_v<Item>)
        return static_cast<Item>(**range_->current_);
      else
        return std::move(*range_->current_);
    }
    iterator& operator++() {
      range_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !range_->current_.has_value(); }

  private:
    single_walk* range_ = nullptr;
  };

  /// Waits for the first item, or the one after the last one had. Throws as moving on does.
  iterator begin() {
    advance();
    return iterator{this};
  }
  std::default_sentinel_t end() const noexcept { return {}; }

protected:
  single_walk() = default;
  single_walk(single_walk&& other) noexcept
    : current_(std::exchange(other.current_, std::nullopt)) {}
  single_walk& operator=(single_walk&&) = delete;
  ~single_walk() = default;

  void forget_current() noexcept { current_.reset(); }

private:
  void advance() {
    current_.reset();
    current_ = static_cast<Walk&>(*this).next();
  }

  std::optional<std::conditional_t<std::is_reference_v<Item>, std::remove_reference_t<Item>*, Item>>
    current_;
};

} // namespace mailroom::detail
