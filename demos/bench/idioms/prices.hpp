#pragma once

// 6: a shared_mutex around what is mostly read.

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "mailroom/messaging/agent.hpp"

namespace mailroom::benches::idioms {

using price_list = std::unordered_map<int, long>;

namespace with_locks {

class prices {
public:
  explicit prices(price_list first) : list_(std::move(first)) {}

  template <class F>
  auto read(F f) {
    std::shared_lock lock{mutex_};
    return f(std::as_const(list_));
  }

  template <class F>
  void change(F f) {
    std::lock_guard lock{mutex_};
    f(list_);
  }

private:
  std::shared_mutex mutex_;
  price_list list_; // guarded by mutex_
};

/// Readers never wait for somebody who changes it; of those, one at a time has its turn.
class atomic_prices {
public:
  explicit atomic_prices(price_list first)
    : list_(std::make_shared<const price_list>(std::move(first))) {}

  template <class F>
  auto read(F f) {
    return f(*list_.load());
  }

  template <class F>
  void change(F f) {
    std::lock_guard lock{mutex_};
    auto next = std::make_shared<price_list>(*list_.load());
    f(*next);
    list_.store(std::move(next));
  }

private:
  std::atomic<std::shared_ptr<const price_list>> list_;
  std::mutex mutex_; // of those who change it
};

} // namespace with_locks

namespace with_actors {

class prices {
public:
  explicit prices(price_list first) : list_(std::make_shared<const price_list>(std::move(first))) {}

  /// What it returns stays as it is: keep it for as long as one state is wanted.
  std::shared_ptr<const price_list> current() { return list_.snapshot(); }

  template <class F>
  auto read(F f) {
    return f(*current());
  }

  template <class F>
  void change(F f) {
    list_.tell([f](std::shared_ptr<const price_list>& list) {
      auto next = std::make_shared<price_list>(*list);
      f(*next);
      list = std::move(next);
    });
  }

private:
  agent<std::shared_ptr<const price_list>> list_;
};

} // namespace with_actors

} // namespace mailroom::benches::idioms
