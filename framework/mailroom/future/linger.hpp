#pragma once

#include <chrono>
#include <thread>

#include "mailroom/future/futex.hpp"

namespace mailroom::detail {

/// How long to look for something before falling asleep. To be woken takes about half as long.
constexpr std::chrono::microseconds worth_lingering{50};

/// Calls `found` until it returns true, or it is better to sleep. Returns whether it did.
///
/// In between, others may run. If somebody does, this thread gets the processor back only after a
/// time slice, and one that slept would have had it sooner: so it does not linger for a while.
template <class Function>
bool linger(Function found) {
  constexpr std::chrono::microseconds alone{100};
  constexpr std::chrono::milliseconds a_while{100};
  static thread_local clock::time_point not_before;
  auto now = clock::now();
  if (now < not_before)
    return false;
  for (auto end = now + worth_lingering; now < end;) {
    if (found())
      return true;
    auto before = now;
    std::this_thread::yield();
    now = clock::now();
    if (now - before > alone)
      not_before = now + a_while;
  }
  return found();
}

} // namespace mailroom::detail
