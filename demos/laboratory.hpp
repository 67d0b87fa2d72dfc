#pragma once

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/event.hpp"
#include "mailroom/sync/latch.hpp"
#include "mailroom/sync/thread.hpp"
#include "mailroom/system.hpp"

/// What the story `processes` does in a process of its own: to crash, and to measure memory where
/// nobody has left any behind.
namespace mailroom::stories::laboratory {

/// How long all that may take at most.
constexpr std::chrono::seconds patience{60};

// -- a crash -----------------------------------------------------------------------------------------

/// Nobody can catch this.
[[noreturn]] inline void crash() {
  rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none); // it is meant to die: nobody wants its core
  std::abort();
}

/// All have their results before the first one crashes.
inline int crash_of_a_thread(int workers) {
  std::atomic<int> results = 0;
  sync::latch done{workers, "all results"};
  {
    std::vector<sync::thread> team;
    for (int i = 0; i < workers; ++i)
      team.emplace_back("worker", [&, i] {
        if (i > 0)
          ++results;
        done.count_down();
        done.wait();
        if (i == 0)
          crash();
      });
  }
  return results;
}

/// All send their results to the first one, which crashes when it has heard of all.
inline int crash_of_an_actor(int workers) {
  int results = 0;
  system sys;
  auto first = sys.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&, done = 0](int result) mutable {
      results += result;
      if (++done == workers)
        crash();
    }};
  });
  for (int i = 0; i < workers; ++i)
    sys.spawn([first, i](caf::event_based_actor* self) { self->send(first, i > 0 ? 1 : 0); });
  await_end(sys, {first}, std::chrono::steady_clock::now() + patience);
  return results;
}

// -- memory ------------------------------------------------------------------------------------------

/// Returns the memory that a process has for itself, in KiB: heap, stacks and changed data. Pages
/// of files are not counted: how many share them changes all the time.
inline double memory_of(int process) {
  std::ifstream file{fmt::format("/proc/{}/smaps_rollup", process)};
  double kib = 0;
  for (std::string word; file >> word;)
    if (word == "Anonymous:" && file >> kib)
      return kib;
  throw std::runtime_error("the system does not tell how much memory a process has");
}

/// Returns by how much this process has grown for each of `n`.
inline double growth(double before, int n) {
  return (memory_of(getpid()) - before) / n;
}

inline double memory_of_a_thread() {
  constexpr int n = 32;
  auto before = memory_of(getpid());
  sync::latch ready{n};
  sync::event end;
  std::vector<sync::thread> idle;
  for (int i = 0; i < n; ++i)
    idle.emplace_back("idle", [&] {
      ready.count_down();
      end.wait();
    });
  ready.wait();
  auto grown = growth(before, n);
  end.set();
  return grown;
}

inline double memory_of_an_actor() {
  constexpr int n = 10'000;
  sync::latch ready{n};
  system sys;
  auto before = memory_of(getpid());
  std::vector<caf::actor> idle; // nobody keeps an actor that nobody knows
  idle.reserve(n);
  for (int i = 0; i < n; ++i)
    idle.push_back(sys.spawn([&](caf::event_based_actor*) -> caf::behavior {
      ready.count_down();
      return {[](get_atom) {}};
    }));
  ready.wait();
  return growth(before, n);
}

} // namespace mailroom::stories::laboratory
