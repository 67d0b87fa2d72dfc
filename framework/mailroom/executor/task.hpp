#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

#include "mailroom/executor/alarm_clock.hpp"
#include "mailroom/executor/executor_core.hpp"
#include "mailroom/future/future.hpp"

namespace mailroom {

namespace detail {

template <class F, class... Arguments>
concept wants_stop_token =
  std::invocable<std::decay_t<F>, std::stop_token, std::decay_t<Arguments>...>;

} // namespace detail

/// What can be submitted to an executor: something that can be called with copies of `Arguments`,
/// or with a `std::stop_token` before them.
template <class F, class... Arguments>
concept task_function =
  detail::wants_stop_token<F, Arguments...> || std::invocable<std::decay_t<F>,
                                                              std::decay_t<Arguments>...>;

namespace detail {

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

/// Binds copies of arguments, as `std::thread` does; with none, there is nothing to bind.
template <class F, class... Arguments>
auto bind_arguments(F&& f, Arguments&&... arguments) {
  if constexpr (sizeof...(Arguments) == 0)
    return std::decay_t<F>(std::forward<F>(f));
  else if constexpr (wants_stop_token<F, Arguments...>)
    return [f = std::decay_t<F>(std::forward<F>(f)),
            bound = std::tuple<std::decay_t<Arguments>...>(std::forward<Arguments>(arguments)...)](
             std::stop_token stop) mutable -> decltype(auto) {
      return std::apply(
        [&](auto&... a) -> decltype(auto) {
          return std::invoke(std::move(f), std::move(stop), std::move(a)...);
        },
        bound);
    };
  else
    return [f = std::decay_t<F>(std::forward<F>(f)),
            bound = std::tuple<std::decay_t<Arguments>...>(
              std::forward<Arguments>(arguments)...)]() mutable -> decltype(auto) {
      return std::apply(
        [&](auto&... a) -> decltype(auto) { return std::invoke(std::move(f), std::move(a)...); },
        bound);
    };
}

template <class F>
struct result_of {
  using type = std::invoke_result_t<F>;
};
template <class F>
requires wants_stop_token<F>
struct result_of<F> {
  using type = std::invoke_result_t<F, std::stop_token>;
};

/// The type of the future of a task: no constant values, no references to what is about to die.
template <class F>
using task_result =
  std::conditional_t<std::is_lvalue_reference_v<typename result_of<F>::type>,
                     typename result_of<F>::type, std::remove_cvref_t<typename result_of<F>::type>>;

/// A task and its future in one.
template <class R, class F>
class task final : public typed_state<R> {
public:
  /// One reference for the queue, one for the future.
  task(executor_core& home, F&& f) : typed_state<R>(&home, 2), callable_(std::move(f)) {}

  ~task() override {
    if (this->pending()) // it was never taken over by a queue
      callable_.destroy();
  }

  void run(worker& w) noexcept override {
    using started = shared_state::started;
    switch (this->start(w.number())) {
      case started::yes: execute(w); break;
      case started::cancelled: w.cancelled.add(); break;
      case started::no: break; // somebody who waited has run it
    }
    this->unref();
  }

  void execute(worker& w) noexcept override {
    w.begins();
    auto how =
      this->store_result_of([this]() -> decltype(auto) { return std::invoke(callable_.get()); });
    callable_.destroy();
    w.ends(how == shared_state::phase::value ? ending::value : ending::error);
    this->finish(how);
  }

  job::discarded abandon(const std::exception_ptr& why) noexcept override {
    auto was = job::discarded::before;
    if (this->claim(false)) {
      this->finish_with_error(why);
      was = job::discarded::failed;
    } else if (this->start() == shared_state::started::cancelled) {
      was = job::discarded::cancelled;
    }
    this->unref();
    return was;
  }

  job::discarded revoke() noexcept override {
    this->cancel();
    auto was = this->start() == shared_state::started::cancelled ? job::discarded::cancelled
                                                                 : job::discarded::before;
    this->unref();
    return was;
  }

  bool waiting() const noexcept override { return this->pending(); }

private:
  void discard() noexcept override { callable_.destroy(); }

  [[no_unique_address]] callable<F> callable_;
};

/// A task that nobody has a future of: its failures are reported.
template <class F>
class posted final : public job {
public:
  posted(executor_core& core, F&& f) : core_(core), callable_(std::move(f)) {}
  ~posted() override { callable_.destroy(); }

  void run(worker& w) noexcept override {
    w.begins();
    auto how = ending::value;
    try {
      std::invoke(callable_.get());
    } catch (...) {
      how = ending::error;
      core_.report("exception in a posted task", std::current_exception());
    }
    delete this; // what it captured goes before it counts as done
    w.ends(how);
  }

  job::discarded abandon(const std::exception_ptr& why) noexcept override {
    core_.report("a posted task was dropped", why);
    delete this;
    return job::discarded::failed;
  }

  job::discarded revoke() noexcept override {
    delete this;
    return job::discarded::cancelled;
  }

private:
  executor_core& core_;
  [[no_unique_address]] callable<F> callable_;
};

/// A task with all that can be asked of one: a deadline, a stop token, its times.
template <class R, class F>
class managed_task final : public typed_state<R> {
public:
  /// `is_posted`: nobody has a future of it, so that its failures are reported.
  managed_task(std::shared_ptr<executor_core> core, F&& f, const task_options& options,
               bool is_posted)
    : typed_state<R>(core.get(), 2), core_(std::move(core)), rank_(options.priority),
      is_posted_(is_posted), submitted_(clock::now()),
      source_(wants_stop_token<F> ? std::stop_source{} : std::stop_source{std::nostopstate}),
      callable_(std::move(f)) {}

  ~managed_task() override {
    if (this->pending())
      callable_.destroy();
  }

  /// Watches the clock and the token, both of which may end it at once.
  void arm(const task_options& options) {
    if (options.deadline) {
      clock_ = alarm_clock::shared();
      alarm_ = clock_->set(after(*options.deadline),
                           [self = state_ptr<managed_task>{this}] { self->expire(); });
    }
    if (options.stop.stop_possible())
      stop_.emplace(options.stop, stopper{this});
  }

  /// Takes back `arm`. For whoever runs it, cancels it for good, or could not queue it.
  void disarm() noexcept {
    stop_.reset();
    if (auto c = std::exchange(clock_, nullptr))
      c->cancel(alarm_);
  }

  void run(worker& w) noexcept override {
    using started = shared_state::started;
    switch (this->start(w.number())) {
      case started::yes: execute(w); break;
      case started::cancelled:
        w.cancelled.add();
        disarm();
        break;
      case started::no: break;
    }
    this->unref();
  }

  void execute(worker& w) noexcept override {
    w.begins();
    auto begun = clock::now();
    auto home = core_; // the executor may be destroyed by the task
    if (source_.stop_possible())
      home->stoppable_begins(*this);
    std::optional<typename typed_state<R>::stored> value;
    std::exception_ptr error;
    try {
      if constexpr (std::is_void_v<R>) {
        call();
        value.emplace();
      } else if constexpr (std::is_reference_v<R>) {
        value.emplace(std::addressof(call()));
      } else {
        value.emplace(call());
      }
    } catch (...) {
      error = std::current_exception();
    }
    if (source_.stop_possible())
      home->stoppable_ends(*this);
    callable_.destroy();
    disarm();
    if (home->options().measure_times)
      w.measured(begun - submitted_, clock::now() - begun);
    if (error && is_posted_)
      home->report("exception in a posted task", error);
    bool in_time = this->claim();
    w.ends(value && in_time ? ending::value : ending::error);
    if (!in_time)
      return;
    if (value)
      this->finish_with_result_of([&]() -> decltype(auto) {
        if constexpr (std::is_reference_v<R>)
          return static_cast<R>(**value);
        else if constexpr (!std::is_void_v<R>)
          return std::move(*value);
      });
    else
      this->finish_with_error(error);
  }

  bool request_stop() override {
    if (this->cancel())
      return true;
    // A deadline ends the future before the task.
    bool runs = this->state() == future_state::running || expired_.load(std::memory_order_acquire);
    if (!runs || !source_.stop_possible())
      return false;
    source_.request_stop();
    return true;
  }

  job::discarded abandon(const std::exception_ptr& why) noexcept override {
    auto was = job::discarded::before;
    if (this->claim(false)) {
      if (is_posted_)
        core_->report("a posted task was dropped", why);
      this->finish_with_error(why);
      was = job::discarded::failed;
    } else if (this->start() == shared_state::started::cancelled) {
      was = job::discarded::cancelled;
    }
    if (was != job::discarded::before)
      disarm();
    this->unref();
    return was;
  }

  job::discarded revoke() noexcept override {
    this->cancel();
    auto was = this->start() == shared_state::started::cancelled ? job::discarded::cancelled
                                                                 : job::discarded::before;
    if (was != job::discarded::before)
      disarm();
    this->unref();
    return was;
  }

  bool waiting() const noexcept override { return this->pending(); }
  int rank() const noexcept override { return rank_; }

private:
  struct stopper {
    managed_task* task;
    void operator()() const { task->request_stop(); }
  };

  decltype(auto) call() {
    if constexpr (wants_stop_token<F>)
      return std::invoke(callable_.get(), source_.get_token());
    else
      return std::invoke(callable_.get());
  }

  void expire() noexcept {
    auto error = std::make_exception_ptr(timeout_error("the task missed its deadline"));
    if (this->claim(false)) {
      core_->expired();
      this->finish_with_error(error);
    } else {
      expired_.store(true, std::memory_order_release);
      if (!this->claim())
        return;
      this->finish_with_error(error);
      source_.request_stop();
    }
    if (is_posted_)
      core_->report("a posted task was too late", error);
  }

  void discard() noexcept override { callable_.destroy(); }

  std::shared_ptr<executor_core> core_;
  int rank_;
  bool is_posted_;
  std::atomic<bool> expired_{false};
  clock::time_point submitted_;
  std::stop_source source_;
  std::shared_ptr<alarm_clock> clock_;
  alarm_clock::ticket alarm_ = 0;
  std::optional<std::stop_callback<stopper>> stop_;
  [[no_unique_address]] callable<F> callable_;
};

} // namespace detail

} // namespace mailroom
