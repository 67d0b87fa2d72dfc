// oneTBB: tasks that are enqueued to an arena have no result; a promise brings it.

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <future>
#include <memory>

#include "bench/pool_peers/cases.hpp"

namespace mailroom::benches {

namespace {

class adapter {
public:
  explicit adapter(int workers)
    : limit_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(workers) + 1),
      arena_(workers, 0) {
    arena_.initialize();
  }

  template <class F>
  auto submit(F f) {
    auto result = std::make_shared<std::promise<int>>();
    auto future = result->get_future();
    arena_.enqueue([result, f] { result->set_value(f()); });
    return future;
  }

  /// The way one does it with TBB: whoever waits for the group helps.
  template <class F>
  void post(F f) {
    group_.run(f);
  }

  void wait_idle() { group_.wait(); }

  long fib(int n) {
    tbb::task_arena two{2};
    return two.execute([n] { return fork(n); });
  }

private:
  static long fork(int n) {
    if (n < 2)
      return n;
    long x = 0;
    tbb::task_group group;
    group.run([&x, n] { x = fork(n - 1); });
    auto y = fork(n - 2);
    group.wait();
    return x + y;
  }

  tbb::global_control limit_;
  tbb::task_arena arena_;
  tbb::task_group group_;
};

} // namespace

pool_peer tbb_pool() {
  return {"tbb", costs_of<adapter>()};
}

} // namespace mailroom::benches
