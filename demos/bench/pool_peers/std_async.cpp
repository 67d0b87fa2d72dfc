// std::async: no pool at all, a thread per task.

#include <future>

#include "bench/pool_peers/cases.hpp"

namespace mailroom::benches {

namespace {

class adapter {
public:
  explicit adapter(int /* workers: as many as there are tasks */) {}

  template <class F>
  auto submit(F f) {
    return std::async(std::launch::async, f);
  }

  template <class F>
  void post(F f) {
    posted_.push_back(std::async(std::launch::async, f));
  }

  void wait_idle() { posted_.clear(); }

private:
  std::vector<std::future<void>> posted_;
};

} // namespace

pool_peer std_async() {
  auto costs = costs_of<adapter>(50);
  costs.sleeps = nullptr; // 10 000 threads, and 10 ms
  costs.memory = nullptr; // nothing is queued
  return {"std::async", costs};
}

} // namespace mailroom::benches
