#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <typeinfo>
#include <utility>
#include <variant>

#include "mailroom/error.hpp"
#include "mailroom/future/failure.hpp"
#include "mailroom/future/job.hpp"
#include "mailroom/future/life_cycle.hpp"
#include "mailroom/future/parker.hpp"
#include "mailroom/future/recycler.hpp"

namespace mailroom {

/// How far the work behind a future has come.
enum class future_state {
  pending,                ///< not begun; may be cancelled
  running,                ///< begun; no result yet
  cancelled,              ///< will never begin; who would have run it does not know yet
  cancelled_and_notified, ///< will never begin, and everybody knows
  finished                ///< there is a value or an exception
};

/// Returns the name of a state, with spaces.
std::string_view to_string(future_state) noexcept;

namespace detail {

class executor_core;
class shared_state;

/// Hears of the end of a future.
using hook = basic_hook<shared_state>;

/// What threads that run tasks do instead of just waiting, so that the tasks they wait for are run.
class helper {
public:
  virtual ~helper() = default;

  /// Does something that brings one of `awaited` closer. Returns false if there is nothing to do.
  virtual bool assist(std::span<shared_state* const> awaited) = 0;

  /// Sleeps like `parker::park`, and lets others know what for. Throws `would_deadlock` if nobody
  /// who could end one of `awaited` will ever do so.
  virtual void block(std::span<shared_state* const> awaited, parker& place, std::uint32_t since,
                     clock::time_point deadline) = 0;

  /// The helper of this thread; null for ordinary threads.
  static helper*& current() noexcept;
};

/// What the copies of a future, its promise and its task have in common, except for the value.
///
/// Callbacks and `get` look at done; `wait` and `as_completed` look at settled, as in Python.
///
/// All members may be called by any thread that holds a reference.
class shared_state : public job, public recycled, public life_cycle<shared_state> {
public:
  // -- ownership ----------------------------------------------------------------------------------

  void ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }

  void unref() noexcept {
    // The last owner need not pay for a locked instruction.
    if (references_.load(std::memory_order_acquire) == 1
        || references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete this;
  }

  std::size_t use_count() const noexcept { return references_.load(std::memory_order_relaxed); }

  // -- looking ------------------------------------------------------------------------------------

  future_state state() const noexcept;

  /// The executor that runs it; null if it is no task. Only to be compared, or used while the task
  /// is not done.
  executor_core* home() const noexcept { return home_; }

  /// The exception it failed with; null if it did not.
  virtual std::exception_ptr failure() const noexcept = 0;

  /// The type of its value.
  virtual const std::type_info& type() const noexcept = 0;

  /// Calls `visit` for each future whose end it depends on, if it is not run by anybody itself.
  virtual void sources(const std::function<void(shared_state&)>&) {}

  /// `<future at 0x5581 state=finished returned int>`
  std::string describe() const;

  // -- waiting ------------------------------------------------------------------------------------

  /// Waits until it is done, at most until `deadline`. Returns whether it is.
  bool wait(clock::time_point deadline = never) { return done() || await(deadline); }

  /// How to wait for one that is not done. Those that know how to bring it closer do that.
  virtual bool await(clock::time_point deadline);

  /// Throws unless there is a value: `cancelled_error`, or what the task threw.
  void rethrow() const;

  // -- changing -----------------------------------------------------------------------------------

  /// Asks it to stop: cancels it if it has not begun, else tells its stop token. Returns whether
  /// there was anybody to tell.
  virtual bool request_stop() { return cancel(); }

protected:
  /// `references`: how many own it from the beginning.
  shared_state(executor_core* home, std::uint32_t references) noexcept
    : references_(references), home_(home) {}

  ~shared_state() override = default;

  /// Destroys the callable of a task that will not run. Is called by whoever made it so, once.
  virtual void discard() noexcept {}

private:
  friend class life_cycle<shared_state>;

  std::mutex& lock_of_hooks() const noexcept;
  bool wait_helping(helper&, clock::time_point deadline);

  std::atomic<std::uint32_t> references_;
  executor_core* home_;
};

extern template class life_cycle<shared_state>;

/// Owns a reference to a state.
template <class State>
class state_ptr {
public:
  state_ptr() = default;
  /// Takes over a reference that exists.
  static state_ptr adopt(State* s) noexcept {
    state_ptr p;
    p.state_ = s;
    return p;
  }
  /// Adds a reference.
  explicit state_ptr(State* s) noexcept : state_(s) {
    if (state_)
      state_->ref();
  }
  state_ptr(const state_ptr& other) noexcept : state_ptr(other.state_) {}
  state_ptr(state_ptr&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  state_ptr& operator=(state_ptr other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~state_ptr() {
    if (state_)
      state_->unref();
  }

  State* get() const noexcept { return state_; }
  State& operator*() const noexcept { return *state_; }
  State* operator->() const noexcept { return state_; }
  explicit operator bool() const noexcept { return state_ != nullptr; }

private:
  State* state_ = nullptr;
};

/// A state with room for its value, or for the exception.
template <class T>
class typed_state : public shared_state {
public:
  using stored =
    std::conditional_t<std::is_void_v<T>, std::monostate,
                       std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, T>>;

  explicit typed_state(executor_core* home = nullptr, std::uint32_t references = 1) noexcept
    : shared_state(home, references) {}

  ~typed_state() override {
    if (succeeded())
      value_.~stored();
    else if (failed())
      error_.~exception_ptr();
  }

  /// Finishes it with a value, after `claim` or `start`. If the constructor throws, nothing
  /// changed.
  template <class... Arguments>
  void finish_with_value(Arguments&&... arguments) {
    ::new (static_cast<void*>(std::addressof(value_)))
      stored(std::forward<Arguments>(arguments)...);
    finish(phase::value);
  }

  /// Finishes it with what `make` returns or throws, after `claim` or `start`.
  template <class Make>
  void finish_with_result_of(Make&& make) noexcept {
    finish(store_result_of(std::forward<Make>(make)));
  }

  /// As above, at once, for who has made it and told nobody.
  template <class Make>
  void settle_with_result_of(Make&& make) noexcept {
    settle(store_result_of(std::forward<Make>(make)));
  }

  /// Finishes it with an exception, after `claim` or `start`.
  void finish_with_error(std::exception_ptr error) noexcept {
    ::new (static_cast<void*>(std::addressof(error_))) std::exception_ptr(std::move(error));
    finish(phase::error);
  }

  /// The value. Only if it succeeded.
  const stored& value() const noexcept { return value_; }

  /// The value, to be moved from. Throws `invalid_state_error` the second time.
  stored& take() {
    if (!mark_taken())
      throw invalid_state_error("the result was taken before: " + describe());
    return value_;
  }

  void check_not_taken() const {
    if (is_taken())
      throw invalid_state_error("the result was taken before: " + describe());
  }

  std::exception_ptr failure() const noexcept override { return failed() ? error_ : nullptr; }
  const std::type_info& type() const noexcept override { return typeid(T); }

protected:
  /// Keeps what `make` returns or throws, and returns how to finish.
  template <class Make>
  phase store_result_of(Make&& make) noexcept {
    auto* place = static_cast<void*>(std::addressof(value_));
    try {
      if constexpr (std::is_void_v<T>) {
        std::forward<Make>(make)();
        ::new (place) stored();
      } else if constexpr (std::is_reference_v<T>) {
        ::new (place) stored(std::addressof(std::forward<Make>(make)()));
      } else {
        ::new (place) stored(std::forward<Make>(make)());
      }
      return phase::value;
    } catch (...) {
      ::new (static_cast<void*>(std::addressof(error_)))
        std::exception_ptr(std::current_exception());
      return phase::error;
    }
  }

  union {
    stored value_;
    std::exception_ptr error_;
  };
};

} // namespace detail

} // namespace mailroom
