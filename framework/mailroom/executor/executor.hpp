#pragma once

#include <concepts>
#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "mailroom/executor/executor_control.hpp"
#include "mailroom/executor/executor_core.hpp"
#include "mailroom/executor/managed_task.hpp"
#include "mailroom/executor/map.hpp"
#include "mailroom/executor/options.hpp"
#include "mailroom/executor/statistics.hpp"
#include "mailroom/executor/task.hpp"
#include "mailroom/future/as_completed.hpp"
#include "mailroom/future/then.hpp"
#include "mailroom/future/when.hpp"

namespace mailroom {

/// What every executor offers, whatever it is made of.
template <class E>
concept executor = requires(E& e, const E& c, future<int> f, task_options t, shutdown_options s) {
  {
    e.submit([] { return 1; })
    } -> std::same_as<future<int>>;
  {
    e.submit(t, [] { return 1; })
    } -> std::same_as<future<int>>;
  e.post([] {});
  e.shutdown(s);
  { c.stats() } -> std::same_as<statistics>;
};

namespace detail {

using core_ptr = std::shared_ptr<executor_core>;

inline bool needs_management(const core_ptr& core, const task_options* options) noexcept {
  return options || core->options().measure_times;
}

template <class F>
auto submit_managed(const core_ptr& core, const task_options* given, F&& f, bool is_posted) {
  using R = task_result<F>;
  using task = managed_task<R, F>;
  auto options = given ? *given : task_options{};
  auto* t = new task(core, std::move(f), options, is_posted);
  future<R> result{state_ptr<shared_state>::adopt(t)};
  try {
    t->arm(options);
    core->push(*t);
  } catch (...) {
    t->disarm();
    if (!t->cancel()) { // it was too late already
      core->count_submitted_elsewhere();
      t->was_submitted();
    }
    t->unref(); // what the queue would have had
    throw;
  }
  t->was_submitted();
  return result;
}

template <class F>
auto submit_bound(const core_ptr& core, const task_options* options, F&& f) {
  using R = task_result<F>;
  if constexpr (!wants_stop_token<F>)
    if (!needs_management(core, options)) {
      auto t = std::make_unique<task<R, F>>(*core, std::move(f));
      core->push(*t);
      return future<R>{state_ptr<shared_state>::adopt(t.release())};
    }
  return submit_managed(core, options, std::move(f), false);
}

template <class F>
void post_bound(const core_ptr& core, const task_options* options, F&& f) {
  if constexpr (!wants_stop_token<F>)
    if (!needs_management(core, options)) {
      auto t = std::make_unique<posted<F>>(*core, std::move(f));
      core->push(*t);
      t.release();
      return;
    }
  static_cast<void>(submit_managed(core, options, std::move(f), true));
}

} // namespace detail

/// Submits to an executor and may outlive it: then there is nobody to run the task. For callbacks,
/// which do not know for how long the executor will be there: the task they submit may be all that
/// its owner waits for. Can be copied; any thread may call its members.
class executor_link {
public:
  /// `executor_base::submit`. Throws `shutdown_error` if the executor is gone.
  template <class F>
  auto submit(F f) const {
    return detail::submit_bound(core_, nullptr, detail::bind_arguments(std::move(f)));
  }

private:
  friend class executor_base;
  explicit executor_link(detail::core_ptr core) : core_(std::move(core)) {}

  detail::core_ptr core_;
};

/// What the executors of this process have in common: the contract of Python's
/// `concurrent.futures.Executor`, and more.
///
/// All members but the destructor may be called by any thread, by tasks of the executor, too. Tasks
/// begin in the order in which they were submitted, those of higher priority first; those that a
/// task submits may go before those that came from outside. An executor neither keeps tasks that
/// share data from running at once, nor orders what they do: that is what actors are for.
///
/// A task may wait for another one of its executor: its worker runs that one itself if it has not
/// begun, and otherwise what that one has submitted. Where this cannot help, `would_deadlock` is
/// thrown. What a task waits for by other means (a mutex, a latch, another thread) is not seen: all
/// workers may come to wait for a task in the queue. A task that ends its thread (`pthread_exit`)
/// ends the program.
///
/// Every future of an executor ends: with a value or an exception of the task; with
/// `cancelled_error`; with `broken_executor` if the initializer failed; with `rejected` if there
/// was no room; with `timeout_error` after the deadline.
class executor_base : public executor_control {
public:
  /// Submits the call of `f` with copies of `arguments`, and returns the future of its result. If
  /// it can be called with a `std::stop_token` before them, it is, and `future::request_stop`
  /// reaches it while it runs. `std::ref`, member functions and things that can only be moved work
  /// as with `std::thread`. All copies are destroyed before the future is done.
  ///
  /// Throws `broken_executor`, `shutdown_error`, and, if there is no room and the policy is `fail`,
  /// `rejected`. Blocks only if the policy is `wait`, and never a task of this executor. Tasks of
  /// two full executors that submit to each other wait for ever: that is not seen.
  template <class F, class... Arguments>
  requires task_function<F, Arguments...>
  auto submit(F&& f, Arguments&&... arguments) {
    return detail::submit_bound(
      core(), nullptr,
      detail::bind_arguments(std::forward<F>(f), std::forward<Arguments>(arguments)...));
  }

  /// As above, with a priority, a deadline, or a token of one's own to stop it.
  template <class F, class... Arguments>
  requires task_function<F, Arguments...>
  auto submit(const task_options& options, F&& f, Arguments&&... arguments) {
    return detail::submit_bound(
      core(), &options,
      detail::bind_arguments(std::forward<F>(f), std::forward<Arguments>(arguments)...));
  }

  /// Submits a call whose result is of no interest. What it throws is told to `on_failure`. Throws
  /// as `submit`.
  template <class F, class... Arguments>
  requires task_function<F, Arguments...>
  void post(F&& f, Arguments&&... arguments) {
    detail::post_bound(
      core(), nullptr,
      detail::bind_arguments(std::forward<F>(f), std::forward<Arguments>(arguments)...));
  }

  template <class F, class... Arguments>
  requires task_function<F, Arguments...>
  void post(const task_options& options, F&& f, Arguments&&... arguments) {
    detail::post_bound(
      core(), &options,
      detail::bind_arguments(std::forward<F>(f), std::forward<Arguments>(arguments)...));
  }

  /// Calls `f` with the first items of all ranges, with the second ones, and so on until the
  /// shortest ends; returns a range of the results in this order. The last argument may be
  /// `map_options`. Without a buffer, all tasks are submitted before it returns.
  ///
  /// Ranges given as temporaries are kept; others have to live as long as the result. Throws
  /// `std::invalid_argument` if an option is out of range, and as `submit`.
  template <class F, class... Rest>
  auto map(F f, Rest&&... rest) {
    auto all = std::forward_as_tuple(std::forward<Rest>(rest)...);
    if constexpr (sizeof...(Rest) > 0) {
      constexpr auto last = sizeof...(Rest) - 1;
      if constexpr (std::same_as<std::remove_cvref_t<std::tuple_element_t<last, decltype(all)>>,
                                 map_options>)
        return map_ranges(std::get<last>(all), std::move(f), std::move(all),
                          std::make_index_sequence<last>{});
      else
        return map_ranges({}, std::move(f), std::move(all), std::make_index_sequence<last + 1>{});
    } else {
      return map_ranges({}, std::move(f), std::move(all), std::index_sequence<>{});
    }
  }

  /// Returns what submits to this executor and may outlive it.
  executor_link link() const { return executor_link{core()}; }

protected:
  using executor_control::executor_control;

private:
  template <class F, class All, std::size_t... I>
  auto map_ranges(const map_options& options, F f, All all, std::index_sequence<I...>) {
    detail::check(options);
    if constexpr (sizeof...(I) == 0) {
      return mapped<void>{{}, nullptr, detail::never}; // nothing to call it with
    } else {
      using source = detail::zipped<std::views::all_t<decltype(std::get<I>(std::move(all)))>...>;
      using values = typename source::values;
      auto input = std::make_shared<source>(std::views::all(std::get<I>(std::move(all)))...);
      auto call =
        [f = detail::shared_callable<F>(std::move(f))](values&& v) mutable -> decltype(auto) {
        return std::apply(f.get(), std::move(v));
      };
      using R = detail::task_result<decltype(detail::bind_arguments(call, std::declval<values>()))>;
      auto submit_next = [core = core(), input, call]() -> std::optional<future<R>> {
        auto v = input->next();
        if (!v)
          return std::nullopt;
        return detail::submit_bound(core, nullptr, detail::bind_arguments(call, std::move(*v)));
      };
      return detail::start_map<R>(options, std::move(submit_next));
    }
  }
};

// -- coroutines -------------------------------------------------------------------------------------

/// Lets a coroutine go on in a task of `ex`: `co_await resume_on(ex);`. Throws as `submit`. If the
/// task will never run, it goes on where that is decided, and throws what the future of the task
/// would: `cancelled_error`, `rejected` or `broken_executor`.
template <class Executor>
auto resume_on(Executor& ex) {
  struct awaiter {
    decltype(detail::link_to(ex)) link;
    future<void> in_vain;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      // Copied: as soon as it is submitted, the coroutine may end, and this object with it.
      auto step = decltype(link){link}.submit([waiting] {
        try {
          waiting.resume();
        } catch (...) {
          detail::report_failure("exception in a coroutine", std::current_exception());
        }
      });
      step.add_done_callback([this, waiting](const future<void>& s) {
        if (!s.cancelled() && !s.exception())
          return;
        in_vain = s;
        waiting.resume();
      });
    }
    void await_resume() const {
      if (in_vain.valid())
        in_vain.get();
    }
  };
  return awaiter{detail::link_to(ex), {}};
}

} // namespace mailroom
