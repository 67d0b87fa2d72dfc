#pragma once

// 5: threads around such a queue.

#include <cstddef>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "bench/idioms/queue.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"

namespace mailroom::benches::idioms {

namespace with_locks {

class workers {
public:
  explicit workers(int n, std::size_t room = 1024) : tasks_(room) {
    for (int i = 0; i < n; ++i)
      threads_.emplace_back([this] {
        while (auto task = tasks_.receive())
          (*task)();
      });
  }

  /// Waits until all is done.
  ~workers() { tasks_.close(); }

  void post(std::function<void()> task) { tasks_.send(std::move(task)); }

private:
  queue<std::function<void()>> tasks_;
  std::vector<std::jthread> threads_; // behind what they use: joined before that is gone
};

} // namespace with_locks

namespace with_actors {

/// The destructor waits until all is done.
class workers : public actor_pool_executor {
public:
  explicit workers(int n, std::size_t room = 1024)
    : actor_pool_executor({.max_workers = n, .max_queued = room}) {}
};

} // namespace with_actors

} // namespace mailroom::benches::idioms
