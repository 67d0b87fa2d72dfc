#pragma once

#include <concepts>
#include <memory>
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
  F* address() noexcept { return std::addressof(f_); }
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

/// A callable that many call: each has its copy, if there can be copies.
template <class F>
class shared_callable {
public:
  explicit shared_callable(F f) : f_(std::move(f)) {}
  F& get() noexcept { return f_; }

private:
  F f_;
};

template <class F>
requires(!std::copy_constructible<F>) class shared_callable<F> {
public:
  explicit shared_callable(F f) : f_(std::make_shared<F>(std::move(f))) {}
  F& get() noexcept { return *f_; }

private:
  std::shared_ptr<F> f_;
};

} // namespace mailroom::detail
