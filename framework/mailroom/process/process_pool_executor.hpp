#pragma once

#include <memory>
#include <optional>
#include <ranges>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include "mailroom/executor/executor.hpp"
#include "mailroom/process/chunked.hpp"
#include "mailroom/process/process_options.hpp"
#include "mailroom/process/remote_error.hpp"
#include "mailroom/process/remote_task.hpp"
#include "mailroom/process/serve.hpp"
#include "mailroom/process/worker_lost.hpp"

namespace mailroom {

namespace detail {
class workplace;
}

/// An executor whose workers are processes of this program: Python's `ProcessPoolExecutor`.
///
/// Tasks share nothing with whoever submits them: a global that one changes stays what it was here,
/// and one that crashes takes down its process and nobody else's. So functions must exist in all
/// processes (a lambda that captures nothing, or `remote<function>`), and arguments and results are
/// copied, as bytes: see mailroom/process/wire.hpp for what can be. `main` has to begin with
/// `serve_if_worker()`.
///
/// The contract is that of the other executors; what a task prints goes where this process prints.
/// A task that loses its process (it crashes, exits or is killed) is not begun again, unless it is
/// said to be `idempotent`: its future throws `worker_lost`. Each process runs one task at a time,
/// so no other one is lost. Small ones may be sent to their process a millisecond before they run,
/// and count as begun then. It opens no port, and leaves no
/// process behind, even if this one is killed.
///
/// Starting a process takes some milliseconds, and a task some microseconds more than on a thread:
/// for small things, threads are better.
class process_pool_executor : public executor_control {
public:
  /// Starts no process yet. Throws `std::invalid_argument` if an option is out of range, and
  /// `broken_process_pool` if `main` has not called `serve_if_worker`.
  explicit process_pool_executor(process_pool_options options = {});

  /// Submits the call of `f`, and returns the future of its result. The arguments are what `f`
  /// takes, made of these ones, or copies of them if it takes anything. If it takes a
  /// `std::stop_token` before them, `future::request_stop` reaches it while it runs.
  ///
  /// What goes wrong while the arguments are turned into bytes, and while the result is made of
  /// bytes, is in the future. Throws `broken_process_pool`, `shutdown_error` and `rejected` as
  /// those of other executors.
  template <class F, class... Arguments>
  requires(!std::same_as<std::decay_t<F>, task_options>) auto submit(F&&,
                                                                     Arguments&&... arguments) {
    return submit_call<std::decay_t<F>>(nullptr, false, std::forward<Arguments>(arguments)...);
  }

  /// As above, with options. A task that does not end within `process_pool_options::grace` after
  /// its deadline loses its process.
  template <class F, class... Arguments>
  auto submit(const task_options& options, F&&, Arguments&&... arguments) {
    return submit_call<std::decay_t<F>>(&options, false, std::forward<Arguments>(arguments)...);
  }

  /// Submits a call whose result is of no interest. What it throws is told to `on_failure`.
  template <class F, class... Arguments>
  requires(!std::same_as<std::decay_t<F>, task_options>) void post(F&&, Arguments&&... arguments) {
    (void)submit_call<std::decay_t<F>>(&no_options, true, std::forward<Arguments>(arguments)...);
  }

  template <class F, class... Arguments>
  void post(const task_options& options, F&&, Arguments&&... arguments) {
    (void)submit_call<std::decay_t<F>>(&options, true, std::forward<Arguments>(arguments)...);
  }

  /// `map` of the other executors. `map_options::chunk_size` items make one task: small ones are
  /// worth less than their way. What one of a chunk throws, all of them throw.
  template <class F, class... Rest>
  auto map(F f, Rest&&... rest);

  // -- the processes --------------------------------------------------------------------------------

  /// Returns the numbers of the processes that live. Any thread may call this.
  std::vector<int> processes() const;

  /// Asks all processes to end (SIGTERM), or kills them (SIGKILL), whatever they do. Tasks get
  /// `broken_process_pool`, and no more are taken. Does not wait. What ignores SIGTERM is killed
  /// within `unresponsive_after`. Any thread may call this.
  void terminate_workers();
  void kill_workers();

  // For tests of what goes wrong elsewhere.
  process_pool_executor(process_pool_options options, std::unique_ptr<detail::workplace> place);

private:
  static inline const task_options no_options{};

  template <class F, class... Arguments>
  auto submit_call(const task_options* options, bool is_posted, Arguments&&... arguments) {
    using signature = detail::remote_signature<F, Arguments...>;
    using R = typename signature::entry::result;
    using task = std::conditional_t<signature::parameters::stops, detail::stoppable_remote_task<R>,
                                    detail::remote_task<R>>;
    detail::call_terms terms;
    if (options) {
      terms.idempotent = options->idempotent;
      if (options->deadline)
        terms.deadline = detail::after(*options->deadline);
    }
    detail::buffer message;
    try {
      message = detail::call_message<F>(std::forward<Arguments>(arguments)...);
    } catch (...) {
      if (is_posted)
        core()->report("a posted task could not be sent", std::current_exception());
      promise<R> failed;
      failed.set_exception(std::current_exception());
      return failed.get_future();
    }
    if (is_posted)
      return detail::submit_managed(core(), options, task{std::move(message), terms}, true);
    if (options && !options->deadline && !options->stop.stop_possible() && options->priority == 0)
      options = nullptr; // the rest is in the terms
    return detail::submit_bound(core(), options, task{std::move(message), terms});
  }

  template <class F, class All, std::size_t... I>
  auto map_ranges(const map_options& options, All all, std::index_sequence<I...>) {
    detail::check(options);
    using source = detail::zipped<std::views::all_t<decltype(std::get<I>(std::move(all)))>...>;
    using values = typename source::values;
    using R =
      typename detail::remote_signature<F, std::tuple_element_t<I, values>...>::entry::result;
    using chunk = detail::chunk_function<F, R, values>;
    using results = std::vector<typename chunked<R>::item>;
    auto input = std::make_shared<source>(std::views::all(std::get<I>(std::move(all)))...);
    auto submit_next = [core = core(), input,
                        size = options.chunk_size]() -> std::optional<future<results>> {
      std::vector<values> items;
      while (std::ssize(items) < size)
        if (auto v = input->next())
          items.push_back(std::move(*v));
        else
          break;
      if (items.empty())
        return std::nullopt;
      return detail::submit_bound(
        core, nullptr, detail::remote_task<results>{detail::call_message<chunk>(items), {}});
    };
    return chunked<R>{detail::start_map<results>(options, std::move(submit_next))};
  }
};

template <class F, class... Rest>
auto process_pool_executor::map(F, Rest&&... rest) {
  static_assert(sizeof...(Rest) > 0, "map needs at least one range");
  auto all = std::forward_as_tuple(std::forward<Rest>(rest)...);
  constexpr auto last = sizeof...(Rest) - 1;
  if constexpr (std::same_as<std::remove_cvref_t<std::tuple_element_t<last, decltype(all)>>,
                             map_options>)
    return map_ranges<F>(std::get<last>(all), std::move(all), std::make_index_sequence<last>{});
  else
    return map_ranges<F>({}, std::move(all), std::make_index_sequence<last + 1>{});
}

} // namespace mailroom
