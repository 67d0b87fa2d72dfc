#pragma once

#include <type_traits>
#include <utility>

namespace mailroom::detail {

/// Room for a callable that is destroyed before its task is. None of no size takes none.
template <class F>
class callable {
public:
  explicit callable(F&& f) : f_(std::move(f)) {}
  ~callable() {} // NOLINT: whoever holds it destroys the content
  F&& get() noexcept { return std::move(f_); }
  void destroy() noexcept { f_.~F(); }

private:
  union {
    F f_;
  };
};

template <class F>
requires(std::is_empty_v<F>&& std::is_trivially_destructible_v<F>) class callable<F> {
public:
  explicit callable(F&& f) : f_(std::move(f)) {}
  F&& get() noexcept { return std::move(f_); }
  void destroy() noexcept {}

private:
  [[no_unique_address]] F f_;
};

} // namespace mailroom::detail
