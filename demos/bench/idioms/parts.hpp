#pragma once

// 8: waiting until all parts of something are done.

#include <cstddef>
#include <latch>
#include <numeric>
#include <vector>

#include "mailroom/executor/executor.hpp"

namespace mailroom::benches::idioms {

namespace with_locks {

/// Returns the sum of `part(i)` for `i` below `n`. A part must not throw: the latch would never
/// open.
template <class Pool, class F>
long sum_of(Pool& pool, int n, F part) {
  std::vector<long> results(static_cast<std::size_t>(n));
  std::latch missing{n};
  for (int i = 0; i < n; ++i)
    pool.post([&, i] {
      results[static_cast<std::size_t>(i)] = part(i);
      missing.count_down();
    });
  missing.wait();
  return std::accumulate(results.begin(), results.end(), 0L);
}

} // namespace with_locks

namespace with_actors {

/// Returns a future of the sum of `part(i)` for `i` below `n`, or of what one of them throws.
template <class Pool, class F>
future<long> sum_of(Pool& pool, int n, F part) {
  std::vector<future<long>> results;
  for (int i = 0; i < n; ++i)
    results.push_back(pool.submit(part, i));
  return when_all(results).then([](const std::vector<future<long>>& all) {
    long sum = 0;
    for (auto& f : all)
      sum += f.get();
    return sum;
  });
}

} // namespace with_actors

} // namespace mailroom::benches::idioms
