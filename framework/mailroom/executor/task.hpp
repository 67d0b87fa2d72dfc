#pragma once

#include <concepts>
#include <functional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

#include "mailroom/executor/executor_core.hpp"
#include "mailroom/future/callable.hpp"
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

/// A task and its future in one: what becomes of it in the queue. How it is run is up to those who
/// derive from it.
template <class R, class F>
class queued_task : public typed_state<R> {
public:
  /// One reference for the queue, one for the future.
  queued_task(executor_core& home, F&& f) : typed_state<R>(&home, 2), callable_(std::move(f)) {}

  ~queued_task() override {
    if (this->pending()) // it was never taken over by a queue
      callable_.destroy();
  }

  void run(worker& w) noexcept final {
    if (begin(w))
      end(w);
  }

  bool begin(worker& w) noexcept final {
    using started = shared_state::started;
    switch (this->start(w.number())) {
      case started::yes: return true;
      case started::cancelled:
        w.cancelled.add();
        dropped(nullptr);
        break;
      case started::no: break; // run by somebody who waited for it, or too late
    }
    this->unref();
    return false;
  }

  void end(worker& w) noexcept final {
    this->execute(w);
    this->unref();
  }

  void postpone() noexcept final { life_cycle<shared_state>::postpone(); }

  job::discarded abandon(const std::exception_ptr& why) noexcept final {
    if (!this->claim(false))
      return end_cancelled();
    dropped(why);
    this->finish_with_error(why);
    this->unref();
    return job::discarded::failed;
  }

  job::discarded revoke() noexcept final {
    this->cancel();
    return end_cancelled();
  }

  bool waiting() const noexcept final { return this->pending(); }

protected:
  /// Is called when it is certain that it will not run: cancelled, or for a reason.
  virtual void dropped(const std::exception_ptr&) noexcept {}

  [[no_unique_address]] callable<F> callable_;

private:
  void discard() noexcept final { callable_.destroy(); }

  /// Tells those who wait, if it was cancelled, and gives up the queue's reference.
  job::discarded end_cancelled() noexcept {
    bool cancelled = this->start() == shared_state::started::cancelled;
    if (cancelled)
      dropped(nullptr);
    this->unref();
    return cancelled ? job::discarded::cancelled : job::discarded::before;
  }
};

/// A task of which nothing is asked but its result.
template <class R, class F>
class task final : public queued_task<R, F> {
public:
  using queued_task<R, F>::queued_task;

  outgoing_call* outgoing() noexcept override {
    if constexpr (std::is_base_of_v<outgoing_call, F>)
      return this->callable_.address();
    else
      return nullptr;
  }

  void execute(worker& w) noexcept override {
    w.begins();
    auto how = this->store_result_of(
      [this]() -> decltype(auto) { return std::invoke(this->callable_.get()); });
    this->callable_.destroy();
    w.ends(how == shared_state::phase::value ? ending::value : ending::error);
    this->finish(how);
  }
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

} // namespace detail

} // namespace mailroom
