#pragma once

#include <coroutine>
#include <utility>

#include "mailroom/future/future.hpp"

namespace mailroom {

/// The other end of a future: whoever holds it gives the result, once.
///
/// It can be moved, not copied. If it is destroyed before there is a result, its futures throw
/// `broken_promise`. Giving a result to a future that is done throws `invalid_state_error`, also if
/// it was cancelled: call `set_running_or_notify_cancel` first, after which it cannot be. Members
/// may be called by any thread; of two that give a result at once, one gets the exception.
template <class T>
class promise {
public:
  promise()
    : state_(detail::state_ptr<detail::typed_state<T>>::adopt(new detail::typed_state<T>)) {}
  ~promise() { abandon(); }
  promise(promise&&) noexcept = default;
  promise& operator=(promise&& other) noexcept {
    if (this != &other) {
      abandon();
      state_ = std::move(other.state_);
    }
    return *this;
  }

  /// Returns a future of the result, as often as it is called.
  future<T> get_future() const {
    return future<T>{detail::state_ptr<detail::shared_state>{state_.get()}};
  }

  /// Begins the work: returns true, and the future is running; or false, if it was cancelled, which
  /// those who wait for it in `wait` and `as_completed` now hear. Throws `invalid_state_error` the
  /// second time.
  bool set_running_or_notify_cancel() {
    using started = detail::shared_state::started;
    auto s = state_->start();
    if (s == started::no) {
      auto error = invalid_state_error("the future is in no state to begin: " + state_->describe());
      detail::report_failure("beginning the work of a promise", std::make_exception_ptr(error));
      throw error;
    }
    return s == started::yes;
  }

  /// Gives the value: any arguments `T` can be made of; for a reference, what it refers to; for
  /// void, none. Wakes those who wait and runs the callbacks.
  template <class... Arguments>
  void set_value(Arguments&&... arguments) {
    claim();
    try {
      if constexpr (std::is_reference_v<T>)
        state_->finish_with_value(std::addressof(arguments)...);
      else
        state_->finish_with_value(std::forward<Arguments>(arguments)...);
    } catch (...) {
      state_->finish_with_error(std::current_exception());
    }
  }

  /// Gives an exception. Throws `std::invalid_argument` if there is none.
  void set_exception(std::exception_ptr error) {
    if (!error)
      throw std::invalid_argument("a future cannot fail without an exception");
    claim();
    state_->finish_with_error(std::move(error));
  }

private:
  void claim() {
    if (!state_->claim())
      throw invalid_state_error("the future is done: " + state_->describe());
  }

  void abandon() noexcept {
    if (!state_)
      return;
    if (state_->claim())
      state_->finish_with_error(
        std::make_exception_ptr(broken_promise("the promise was destroyed without a result")));
    else
      state_->start(); // if it was cancelled, those who wait hear of it now
  }

  detail::state_ptr<detail::typed_state<T>> state_;
};

namespace detail {

/// Lets a coroutine return a future. It runs at once, on the caller's thread, until it first has to
/// wait; so its future is running, and cannot be cancelled.
template <class T>
class coroutine_promise_base {
public:
  coroutine_promise_base() { promise_.set_running_or_notify_cancel(); }
  future<T> get_return_object() const { return promise_.get_future(); }
  std::suspend_never initial_suspend() const noexcept { return {}; }
  std::suspend_never final_suspend() const noexcept { return {}; }
  void unhandled_exception() { promise_.set_exception(std::current_exception()); }

protected:
  promise<T> promise_;
};

template <class T>
class coroutine_promise : public coroutine_promise_base<T> {
public:
  template <class U>
  void return_value(U&& value) {
    this->promise_.set_value(std::forward<U>(value));
  }
};

template <>
class coroutine_promise<void> : public coroutine_promise_base<void> {
public:
  void return_void() { promise_.set_value(); }
};

} // namespace detail

} // namespace mailroom

/// A function that returns a future may be a coroutine.
template <class T, class... Arguments>
struct std::coroutine_traits<mailroom::future<T>, Arguments...> {
  using promise_type = mailroom::detail::coroutine_promise<T>;
};
