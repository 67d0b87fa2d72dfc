#pragma once

// Threads that contend, and what they do meanwhile.

#include <cstdint>
#include <thread>
#include <vector>

#include <sched.h>

#include "bench/benches.hpp"

namespace mailroom::benches {

/// Lets the calling thread run on one processor only. Threads that meet on one do not contend: what
/// is to be measured is what happens when they do.
inline void stay_on(int processor) {
  cpu_set_t usable;
  sched_getaffinity(0, sizeof usable, &usable);
  int nth = processor % CPU_COUNT(&usable);
  for (int i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &usable) && nth-- == 0) {
      cpu_set_t only;
      CPU_ZERO(&only);
      CPU_SET(i, &only);
      sched_setaffinity(0, sizeof only, &only);
      return;
    }
}

/// Runs `f(thread)` in `Threads` threads at once.
template <int Threads, class F>
void in_threads(F f) {
  std::vector<std::jthread> team;
  for (int i = 0; i < Threads; ++i)
    team.emplace_back([i, f] {
      stay_on(i);
      f(i);
    });
}

/// Computes for some `Nanoseconds`.
template <int Nanoseconds>
void compute(std::uint64_t& state) {
  static const auto rounds_per_microsecond = [] {
    constexpr int rounds = 1'000'000;
    std::uint64_t x = 1;
    auto time = nanoseconds([&] {
      for (int i = 0; i < rounds; ++i)
        x = x * 6364136223846793005u + 1442695040888963407u;
    });
    [[maybe_unused]] volatile auto sink = x; // so that it is computed
    return rounds * 1000.0 / time;
  }();
  auto rounds = static_cast<int>(rounds_per_microsecond * Nanoseconds / 1000);
  for (int i = 0; i < rounds; ++i)
    state = state * 6364136223846793005u + 1442695040888963407u;
}

} // namespace mailroom::benches
