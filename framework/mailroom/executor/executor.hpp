#pragma once

#include <concepts>
#include <coroutine>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

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
class executor_base {
public:
  executor_base(const executor_base&) = delete;
  executor_base& operator=(const executor_base&) = delete;

  // -- tasks ----------------------------------------------------------------------------------------

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
      core_, nullptr,
      detail::bind_arguments(std::forward<F>(f), std::forward<Arguments>(arguments)...));
  }

  /// As above, with a priority, a deadline, or a token of one's own to stop it.
  template <class F, class... Arguments>
  requires task_function<F, Arguments...>
  auto submit(const task_options& options, F&& f, Arguments&&... arguments) {
    return detail::submit_bound(
      core_, &options,
      detail::bind_arguments(std::forward<F>(f), std::forward<Arguments>(arguments)...));
  }

  /// Submits a call whose result is of no interest. What it throws is told to `on_failure`. Throws
  /// as `submit`.
  template <class F, class... Arguments>
  requires task_function<F, Arguments...>
  void post(F&& f, Arguments&&... arguments) {
    detail::post_bound(
      core_, nullptr,
      detail::bind_arguments(std::forward<F>(f), std::forward<Arguments>(arguments)...));
  }

  template <class F, class... Arguments>
  requires task_function<F, Arguments...>
  void post(const task_options& options, F&& f, Arguments&&... arguments) {
    detail::post_bound(
      core_, &options,
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

  /// Cancels a task of this executor that has not begun, and takes it out of the queue at once, as
  /// if it had never been there. Returns whether it did. (`future::cancel` leaves an empty place in
  /// the queue until its turn comes.)
  bool remove(const any_future& task) { return task.valid() && core_->remove(*task.shared()); }

  /// Returns what submits to this executor and may outlive it.
  executor_link link() const { return executor_link{core_}; }

  // -- the executor ---------------------------------------------------------------------------------

  /// Lets no more tasks begin, until `resume` or `shutdown`. Those that run go on.
  void pause() { core_->pause(); }
  void resume() { core_->resume(); }

  /// Waits until there are no tasks left; while paused, until none runs. Does not close anything.
  /// Throws `would_deadlock` if called by a task of this executor.
  void wait_idle() { core_->wait_idle(detail::never); }

  /// As above, for `time` at most. Returns whether there are none left.
  template <class Rep, class Period>
  bool wait_idle_for(std::chrono::duration<Rep, Period> time) {
    return core_->wait_idle(detail::after(time));
  }

  /// Takes no more tasks, and ends the workers when the others are done. Returns whether they have
  /// ended: then all futures have, and their callbacks too, except if this is called by one of
  /// them. May be called several times, by several threads. Resumes a paused executor. Throws
  /// `would_deadlock` if a task of this executor would wait for it.
  bool shutdown(shutdown_options options = {}) { return core_->shutdown(options); }

  statistics stats() const { return core_->stats(); }

  /// Returns how many workers live, and how many there may be.
  int worker_count() const noexcept { return core_->worker_count(); }
  int max_workers() const noexcept { return core_->options().max_workers; }

  /// Returns whether the initializer failed.
  bool is_broken() const noexcept { return core_->broken(); }

protected:
  explicit executor_base(std::shared_ptr<detail::executor_core> core) : core_(std::move(core)) {
    detail::enter_core(core_);
  }

  /// Waits for all tasks and workers, unlike Python, where `del` waits for nobody: like
  /// `std::jthread`. If a task destroys its own executor, it does not wait.
  ~executor_base() { core_->shutdown({.wait = !core_->own_worker()}); }

  const std::shared_ptr<detail::executor_core>& core() const noexcept { return core_; }

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
      auto submit_next = [core = core_, input, call]() -> std::optional<future<R>> {
        auto v = input->next();
        if (!v)
          return std::nullopt;
        return detail::submit_bound(core, nullptr, detail::bind_arguments(call, std::move(*v)));
      };
      auto deadline = options.timeout ? detail::after(*options.timeout) : detail::never;
      std::deque<future<R>> pending;
      auto limit = options.buffer_size ? static_cast<std::size_t>(*options.buffer_size)
                                       : std::numeric_limits<std::size_t>::max();
      bool ended = false;
      while (pending.size() < limit && !ended)
        if (auto next = submit_next())
          pending.push_back(std::move(*next));
        else
          ended = true;
      if (ended)
        return mapped<R>{std::move(pending), nullptr, deadline};
      return mapped<R>{std::move(pending), submit_next, deadline};
    }
  }

  std::shared_ptr<detail::executor_core> core_;
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
