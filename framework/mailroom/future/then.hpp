#pragma once

#include <mutex>
#include <type_traits>
#include <utility>

#include "mailroom/future/future.hpp"

namespace mailroom {

namespace detail {

/// The future of a continuation: waits for another one, so that helpers know what to run.
template <class T>
class continuation_state final : public typed_state<T> {
public:
  explicit continuation_state(state_ptr<shared_state> source) : source_(std::move(source)) {}

  void sources(const std::function<void(shared_state&)>& visit) override {
    state_ptr<shared_state> source;
    {
      std::lock_guard lock{mutex_};
      source = source_;
    }
    if (source)
      visit(*source);
  }

  /// Waits for another one from now on, or for none.
  void follow(state_ptr<shared_state> source) {
    std::lock_guard lock{mutex_};
    std::swap(source_, source);
  }

private:
  std::mutex mutex_;
  state_ptr<shared_state> source_; // guarded by mutex_
};

template <class F, class T>
struct continuation_result {
  static constexpr bool takes_future = std::is_invocable_v<F, future<T>>;
  template <class G, class U>
  struct of_value : std::invoke_result<G, U> {};
  template <class G>
  struct of_value<G, void> : std::invoke_result<G> {};
  template <class G>
  struct of_future : std::invoke_result<G, future<T>> {};
  using type = typename std::conditional_t<takes_future, of_future<F>, of_value<F, T>>::type;
};

/// Submits to an executor that has to be there.
template <class Executor>
struct borrowed_executor {
  Executor* executor;
  template <class F>
  auto submit(F f) const {
    return executor->submit(std::move(f));
  }
};

/// Returns what a callback may use to submit to `ex`: its `link`, if it has one. An executor may
/// end as soon as its last task has, which may be before the callback that has submitted it is
/// through.
template <class Executor>
auto link_to(Executor& ex) {
  if constexpr (requires { ex.link(); })
    return ex.link();
  else
    return borrowed_executor<Executor>{&ex};
}

/// Ends `target` with an exception; if it was cancelled, those who wait hear of it.
template <class R>
void fail(continuation_state<R>& target, const std::exception_ptr& error) {
  if (target.claim())
    target.finish_with_error(error);
  else
    target.start();
}

/// Calls `f` for `source`, which is done, and gives its result to `target`.
template <class R, class T, class F>
void continue_with(continuation_state<R>& target, future<T> source, F& f) {
  target.follow({});
  if constexpr (!continuation_result<F, T>::takes_future) {
    if (source.cancelled()) {
      target.cancel();
      target.start(); // nobody else would tell those who wait
      return;
    }
    if (auto error = source.exception()) {
      fail(target, error);
      return;
    }
  }
  if (target.start() != shared_state::started::yes)
    return;
  target.finish_with_result_of([&]() -> R {
    if constexpr (continuation_result<F, T>::takes_future)
      return std::move(f)(std::move(source));
    else if constexpr (std::is_void_v<T>)
      return std::move(f)();
    else
      return std::move(f)(std::move(source).get());
  });
}

} // namespace detail

template <class T>
template <class F>
auto future<T>::then(F f) const {
  using R = typename detail::continuation_result<F, T>::type;
  using state = detail::continuation_state<R>;
  auto target = detail::state_ptr<state>::adopt(new state{shared()});
  future<R> result{detail::state_ptr<detail::shared_state>{target.get()}};
  add_done_callback([target = std::move(target), f = std::move(f)](future<T> source) mutable {
    detail::continue_with<R>(*target, std::move(source), f);
  });
  return result;
}

template <class T>
template <class Executor, class F>
auto future<T>::then(Executor& ex, F f) const {
  using R = typename detail::continuation_result<F, T>::type;
  using state = detail::continuation_state<R>;
  auto target = detail::state_ptr<state>::adopt(new state{shared()});
  future<R> result{detail::state_ptr<detail::shared_state>{target.get()}};
  add_done_callback([link = detail::link_to(ex), target = std::move(target),
                     f = std::move(f)](future<T> source) mutable {
    try {
      auto step = link.submit([target, source, f = std::move(f)]() mutable {
        detail::continue_with<R>(*target, std::move(source), f);
      });
      if (!target->done())
        target->follow(step.shared());
      // If the task never runs, neither does the continuation.
      step.add_done_callback([target](const future<void>& s) {
        if (s.cancelled()) {
          target->cancel();
          target->start();
        } else if (auto error = s.exception()) {
          detail::fail(*target, error);
        }
        target->follow({});
      });
    } catch (...) {
      detail::fail(*target, std::current_exception());
    }
  });
  return result;
}

} // namespace mailroom
