#pragma once

// 7: a semaphore that lets only so many do something at a time.

#include <semaphore>
#include <utility>

#include "mailroom/executor/actor_pool_executor.hpp"

namespace mailroom::benches::idioms {

namespace with_locks {

class limit {
public:
  explicit limit(int at_once) : free_(at_once) {}

  /// Waits for a place, and until `f` is done.
  template <class F>
  void run(F f) {
    free_.acquire();
    struct place {
      std::counting_semaphore<>& from;
      ~place() { from.release(); } // also if f throws
    } mine{free_};
    f();
  }

private:
  std::counting_semaphore<> free_;
};

} // namespace with_locks

namespace with_actors {

class limit {
public:
  explicit limit(int at_once) : pool_({.max_workers = at_once}) {}

  /// Waits for nothing.
  template <class F>
  void run(F f) {
    pool_.post(std::move(f));
  }

private:
  actor_pool_executor pool_; // whose destructor waits until all is done
};

} // namespace with_actors

} // namespace mailroom::benches::idioms
