#pragma once

#include <chrono>
#include <concepts>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "mailroom/future/state.hpp"

namespace mailroom {

template <class T>
class future;

template <class T>
class promise;

/// A future whose type of result does not matter: to wait for it, to cancel it, to compare it.
///
/// Two are equal if they stand for the same result. An empty one stands for nothing, and all its
/// members but `valid`, assignment and comparison throw `invalid_state_error`. Copies may be used
/// by different threads, one object by one thread at a time, unless it is only read.
class any_future {
public:
  any_future() = default;

  /// Returns whether it stands for a result at all.
  bool valid() const noexcept { return state_.get() != nullptr; }

  /// Cancels the task, if it has not begun. Returns whether it is cancelled. What
  /// `add_done_callback` was given has run when it returns. A task that runs is not touched: see
  /// `request_stop`.
  bool cancel() const { return at().cancel(); }

  /// Asks the task to stop: cancels it if it has not begun, else tells the `std::stop_token` it was
  /// given. Returns whether there was one to tell. It is up to the task to look.
  bool request_stop() const { return at().request_stop(); }

  bool cancelled() const { return at().cancelled(); }
  bool running() const { return at().state() == future_state::running; }
  /// Returns whether there will be no change any more: finished or cancelled.
  bool done() const { return at().done(); }
  future_state state() const { return at().state(); }

  /// Waits until it is done.
  void wait() const { at().wait(); }

  /// Waits until it is done or time is up. Returns whether it is done.
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> time) const {
    return at().wait(detail::after(time));
  }

  /// Waits; returns the exception, or null if there is a value. Throws `cancelled_error`.
  std::exception_ptr exception() const {
    at().wait();
    return failure();
  }

  /// As `exception`; throws `timeout_error` when time is up.
  template <class Rep, class Period>
  std::exception_ptr exception_for(std::chrono::duration<Rep, Period> time) const {
    wait_or_throw(time);
    return failure();
  }

  /// Returns how many own the result: futures, the promise or task, who waits.
  std::size_t use_count() const { return at().use_count(); }

  friend bool operator==(const any_future& a, const any_future& b) noexcept {
    return a.state_.get() == b.state_.get();
  }

  // For mailroom itself.
  explicit any_future(detail::state_ptr<detail::shared_state> state) noexcept
    : state_(std::move(state)) {}
  const detail::state_ptr<detail::shared_state>& shared() const noexcept { return state_; }

protected:
  detail::shared_state& at() const {
    if (!state_)
      throw invalid_state_error("the future is empty");
    return *state_;
  }

  template <class Rep, class Period>
  void wait_or_throw(std::chrono::duration<Rep, Period> time) const {
    if (!at().wait(detail::after(time)))
      throw timeout_error("no result in time: " + at().describe());
  }

  std::exception_ptr failure() const {
    if (at().cancelled())
      at().rethrow();
    return at().failure();
  }

  detail::state_ptr<detail::shared_state> state_;
};

/// Returns what is known of a future: `<future at 0x5581 state=finished returned int>`.
inline std::string to_string(const any_future& f) {
  return f.valid() ? f.shared()->describe() : "<future without a result>";
}

namespace detail {

template <class T, class F>
class callback final : public hook {
public:
  explicit callback(F f) : hook(kind::callback), f_(std::move(f)) {}

  void fire(shared_state& state) noexcept override {
    std::unique_ptr<callback> self{this};
    try {
      std::move(f_)(future<T>{state_ptr<shared_state>{&state}});
    } catch (...) {
      report_failure("exception calling callback for " + state.describe(),
                     std::current_exception());
    }
  }

private:
  F f_;
};

} // namespace detail

/// A result that may come later: of a task, or of whoever holds the promise.
///
/// Like `concurrent.futures.Future` of Python. It is a handle: copies stand for the same result,
/// which any number of them may read. It is not a `std::future`: its destructor waits for nobody,
/// and dropping the last copy neither cancels the task nor stops it.
///
/// A task that waits for a future of its own executor does not block it: its worker runs the task
/// it waits for, if that has not begun, and else what that one needs.
template <class T>
class [[nodiscard]] future : public any_future {
public:
  using value_type = T;

  future() = default;

  /// Waits and returns the value, or throws what the task threw, or `cancelled_error`. Values are
  /// copied: use `take`, or call it on a temporary, where they cannot be. Throws `would_deadlock`
  /// if a worker of an executor would wait for ever.
  T get()
    const& requires std::is_void_v<T> || std::is_reference_v<T> || std::copy_constructible<T> {
    typed().wait();
    return read();
  }

  /// As above; what cannot be copied is moved out.
  T get() && {
    if constexpr (std::is_void_v<T> || std::is_reference_v<T> || std::copy_constructible<T>)
      return std::as_const(*this).get();
    else
      return take();
  }

  /// As `get`; throws `timeout_error` when `time` is up. With no time at all it does not wait. A
  /// worker that waits for its own executor may be late by as long as the task takes that it runs
  /// meanwhile.
  template <class Rep, class Period>
  T get_for(std::chrono::duration<Rep, Period> time)
    const requires std::is_void_v<T> || std::is_reference_v<T> || std::copy_constructible<T> {
    wait_or_throw(time);
    return read();
  }

  /// Waits and moves the value out: afterwards there is none for anybody, and `get` and `take`
  /// throw `invalid_state_error`. At most one thread may do so, and no other one read meanwhile.
  T take() const {
    auto& s = typed();
    s.wait();
    s.rethrow();
    if constexpr (std::is_void_v<T>)
      s.take();
    else if constexpr (std::is_reference_v<T>)
      return static_cast<T>(*s.take());
    else
      return std::move(s.take());
  }

  /// Calls `f` with this future when it is done: on the thread that finishes or cancels it, in the
  /// order in which they were added; at once, on this thread, if it is done already. What `f`
  /// throws goes to the failure handler of the program.
  template <class F>
  requires std::invocable<F, future<T>>
  void add_done_callback(F f) const { at().attach(*new detail::callback<T, F>(std::move(f))); }

  /// Returns the future of what `f` returns, which is called when this one is done, on the thread
  /// that finishes it. If `f` takes a `future<T>`, it is always called; if it takes the value, only
  /// if there is one: exceptions and cancelling are handed on. Never blocks. If the new future is
  /// cancelled in time, `f` is not called; this one goes on. Include "mailroom/future/then.hpp".
  template <class F>
  auto then(F f) const;

  /// As above, but `f` is called by a task of `ex`. If that is shut down before, the new future
  /// fails with `shutdown_error`.
  template <class Executor, class F>
  auto then(Executor& ex, F f) const;

  /// Suspends the coroutine until this is done; its thread is free. Goes on where it is finished.
  auto operator co_await() const noexcept;

  /// For mailroom itself.
  explicit future(detail::state_ptr<detail::shared_state> state) noexcept
    : any_future(std::move(state)) {}

private:
  detail::typed_state<T>& typed() const { return static_cast<detail::typed_state<T>&>(at()); }

  T read() const {
    auto& s = typed();
    s.rethrow();
    s.check_not_taken();
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(*s.value());
    else if constexpr (!std::is_void_v<T>)
      return s.value();
  }
};

/// What is known of a future at one moment.
template <class T>
struct snapshot {
  bool done = false;
  bool cancelled = false;
  const typename detail::typed_state<T>::stored* value = nullptr; ///< lives as long as the future
  std::exception_ptr exception;
};

/// Returns what is known of `f`, all of it at one moment. Waits for nobody. Do not `take`
/// meanwhile.
template <class T>
snapshot<T> snapshot_of(const future<T>& f) {
  snapshot<T> s;
  s.cancelled = f.cancelled();
  s.done = s.cancelled || f.done(); // once there is a value, no other state can come
  auto& state = static_cast<detail::typed_state<T>&>(*f.shared());
  if (s.done && !s.cancelled) {
    s.cancelled = state.cancelled();
    if (state.succeeded())
      s.value = std::addressof(state.value());
    s.exception = state.failure();
  }
  return s;
}

// -- coroutines -------------------------------------------------------------------------------------

namespace detail {

/// What `co_await future` does.
template <class T>
class awaiter {
public:
  explicit awaiter(future<T> f) : future_(std::move(f)) {}

  bool await_ready() const { return future_.done(); }
  void await_suspend(std::coroutine_handle<> waiting) const {
    future_.add_done_callback([waiting](const future<T>&) { waiting.resume(); });
  }
  T await_resume() { return std::move(future_).get(); }

private:
  future<T> future_;
};

} // namespace detail

template <class T>
auto future<T>::operator co_await() const noexcept {
  return detail::awaiter<T>{*this};
}

} // namespace mailroom

/// Futures may be keys: equal ones stand for the same result.
template <>
struct std::hash<mailroom::any_future> {
  std::size_t operator()(const mailroom::any_future& f) const noexcept {
    return std::hash<const void*>{}(f.shared().get());
  }
};

template <class T>
struct std::hash<mailroom::future<T>> : std::hash<mailroom::any_future> {};
