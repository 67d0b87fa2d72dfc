// Ours: made of actors, and made of locks.

#include "bench/pool_peers/cases.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/executor/thread_pool_executor.hpp"

namespace mailroom::benches {

namespace {

template <class Executor, bool MeasureTimes = false>
class adapter {
public:
  explicit adapter(int workers) : pool_({.max_workers = workers, .measure_times = MeasureTimes}) {}

  template <class F>
  auto submit(F f) {
    return pool_.submit(f);
  }

  template <class F>
  void post(F f) {
    pool_.post(f);
  }

  void wait_idle() { pool_.wait_idle(); }

  long fib(int n) {
    return pool_.submit([this, n] { return fork(n); }).get();
  }

private:
  long fork(int n) {
    if (n < 2)
      return n;
    auto x = pool_.submit([this, n] { return fork(n - 1); });
    auto y = fork(n - 2);
    return x.get() + y;
  }

  Executor pool_;
};

} // namespace

pool_peer actor_pool() {
  return {"actor_pool", costs_of<adapter<actor_pool_executor>>()};
}

pool_peer timed_actor_pool() {
  pool_costs costs;
  costs.submit_and_get = costs_of<adapter<actor_pool_executor, true>>().submit_and_get;
  return {"actor_pool, timed", costs};
}

pool_peer thread_pool() {
  return {"thread_pool", costs_of<adapter<thread_pool_executor>>(2)};
}

} // namespace mailroom::benches
