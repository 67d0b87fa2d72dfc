#pragma once

#include <concepts>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "mailroom/sync/mutex.hpp"

namespace mailroom {

/// State behind a mutex that cannot be reached without it: the lock-based control of `agent`.
///
/// Any thread may call `with` and `snapshot`. Who calls `with` from within `with` of the same
/// object waits for itself; those who call it for two objects in different orders may wait for each
/// other: that is what the other `with` is for. It is made of `sync`, so it can be explored.
template <class T>
class locked {
public:
  locked() = default;
  explicit locked(T initial) : state_(std::move(initial)) {}
  locked(const locked&) = delete;
  locked& operator=(const locked&) = delete;

  /// Calls `f(T&)` and returns what it returns, by value: no reference to the state gets out.
  template <std::invocable<T&> F>
  std::decay_t<std::invoke_result_t<F, T&>> with(F&& f) {
    std::lock_guard lock{mutex_};
    return std::invoke(std::forward<F>(f), state_);
  }

  /// Returns a copy of the state.
  T snapshot() requires std::copy_constructible<T> {
    std::lock_guard lock{mutex_};
    return state_;
  }

private:
  template <class F, class... U>
  friend std::decay_t<std::invoke_result_t<F, U&...>> with(F&& f, locked<U>&... all);

  sync::mutex mutex_{"locked"};
  T state_{}; // guarded by mutex_
};

/// Calls `f` with the states of several objects, all of them locked, in whatever order avoids a
/// deadlock.
template <class F, class... U>
std::decay_t<std::invoke_result_t<F, U&...>> with(F&& f, locked<U>&... all) {
  std::scoped_lock lock{all.mutex_...};
  return std::invoke(std::forward<F>(f), all.state_...);
}

} // namespace mailroom
