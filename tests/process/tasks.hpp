#pragma once

#include <string>
#include <vector>

#include <unistd.h>

#include "mailroom/process/process_pool_executor.hpp"
#include "process/outside.hpp"

/// What many tests of processes have run, and how they look at what became of it.
namespace mailroom::test {

inline int own_process() {
  return getpid();
}

/// Comes to `o`, says so, and waits until it may go on.
inline int wait_there(outside o) {
  o.add(0);
  o.await(1, 1);
  return getpid();
}

/// Submits `n` of them.
inline std::vector<future<int>> submit_waiting(process_pool_executor& pool, const outside& o,
                                               int n) {
  std::vector<future<int>> all;
  for (int i = 0; i < n; ++i)
    all.push_back(pool.submit(remote<wait_there>, o));
  return all;
}

/// Returns the text of what a future throws.
template <class T>
std::string text_of(const future<T>& f) {
  REQUIRE(ends(f));
  return describe(f.exception());
}

} // namespace mailroom::test
