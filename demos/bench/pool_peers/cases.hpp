#pragma once

// The cases, for every pool that is C++. A pool is made from the number of its workers and has
// submit(f), post(f), wait_idle() and, if it can, fib(n).

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "bench/benches.hpp"
#include "bench/pool_peers/peer.hpp"
#include "bench/resident.hpp"

namespace mailroom::benches {

inline constexpr int workers = 2;
inline constexpr auto one = [] { return 1; };

template <class Pool>
using future_of = decltype(std::declval<Pool&>().submit(one));

/// All threads have started and slept once.
template <class Pool>
void warm_up(Pool& pool) {
  for (int i = 0; i < 200; ++i)
    must(pool.submit(one).get() == 1);
}

// -- many empty tasks: nanoseconds per task ----------------------------------------------------------

template <class Pool>
void submit_all_and_get(Pool& pool, int tasks) {
  std::vector<future_of<Pool>> futures;
  futures.reserve(static_cast<std::size_t>(tasks));
  for (int i = 0; i < tasks; ++i)
    futures.push_back(pool.submit(one));
  int sum = 0;
  for (auto& f : futures)
    sum += f.get();
  must(sum == tasks);
} // the results are gone, too

template <class Pool>
double submit_and_get(int tasks) {
  Pool pool{workers};
  warm_up(pool);
  return nanoseconds([&] { submit_all_and_get(pool, tasks); }) / tasks;
}

template <class Pool>
double post(int tasks) {
  Pool pool{workers};
  warm_up(pool);
  auto post_all = [&] {
    for (int i = 0; i < tasks; ++i)
      pool.post([] {});
    pool.wait_idle();
  };
  return nanoseconds(post_all) / tasks;
}

template <class Pool>
double two_submitters(int tasks) {
  Pool pool{workers};
  warm_up(pool);
  auto submit_from_two = [&] {
    auto half = [&] { submit_all_and_get(pool, tasks / 2); };
    std::jthread a{half};
    std::jthread b{half};
  };
  return nanoseconds(submit_from_two) / tasks;
}

// -- one task at a time: nanoseconds from submit to result -------------------------------------------

/// Returns what the given part of all round trips do not exceed.
template <class Pool>
double round_trip(int trips, double part, std::chrono::milliseconds idle = {}) {
  Pool pool{workers};
  warm_up(pool);
  std::vector<double> times;
  for (int i = 0; i < trips; ++i) {
    if (idle.count() > 0)
      std::this_thread::sleep_for(idle);
    times.push_back(nanoseconds([&] { must(pool.submit(one).get() == 1); }));
  }
  std::sort(times.begin(), times.end());
  return times[static_cast<std::size_t>(part * trips)];
}

// -- tasks that compute: elapsed time, relative to a perfect division among the workers --------------

/// Computes something nobody can do faster.
inline int compute(std::int64_t turns) {
  std::uint64_t x = 1;
  for (std::int64_t i = 0; i < turns; ++i) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    asm volatile("" : "+r"(x)); // each turn
  }
  return static_cast<int>(x & 1);
}

/// How many turns last a microsecond here.
inline double turns_per_microsecond() {
  constexpr std::int64_t turns = 1'000'000;
  static const double result = [] {
    auto quickest = nanoseconds([] { compute(turns); });
    for (int i = 0; i < 15; ++i)
      quickest = std::min(quickest, nanoseconds([] { compute(turns); }));
    return static_cast<double>(turns) / quickest * 1'000;
  }();
  return result;
}

template <class Pool>
double computing_tasks(int microseconds, int total_microseconds) {
  auto tasks = total_microseconds / microseconds;
  auto turns = static_cast<std::int64_t>(microseconds * turns_per_microsecond());
  auto in_a_loop = [&] {
    return nanoseconds([&] {
      for (int i = 0; i < tasks; ++i)
        compute(turns);
    });
  };
  auto in_the_pool = [&] {
    Pool pool{workers};
    warm_up(pool);
    auto work = [turns] { return compute(turns); };
    std::vector<decltype(pool.submit(work))> futures;
    futures.reserve(static_cast<std::size_t>(tasks));
    return nanoseconds([&] {
      for (int i = 0; i < tasks; ++i)
        futures.push_back(pool.submit(work));
      for (auto& f : futures)
        f.get();
    });
  };
  // Before and after: the machine may have become slower meanwhile.
  auto before = in_a_loop();
  auto elapsed = in_the_pool();
  auto ideal = (before + in_a_loop()) / 2 / workers;
  return elapsed / ideal;
}

// -- the rest ------------------------------------------------------------------------------------------

/// Returns milliseconds for fib(30), a task for one of the two calls in each call.
template <class Pool>
double fork_join() {
  Pool pool{workers};
  return nanoseconds([&] { must(pool.fib(30) == 832'040); }) / 1e6;
}

/// Returns milliseconds for 10 000 tasks that sleep for one, with 64 workers who have to start
/// first: 157 at best.
template <class Pool>
double sleeps() {
  constexpr std::size_t tasks = 10'000;
  return nanoseconds([] {
           Pool pool{64};
           auto sleep = [] {
             std::this_thread::sleep_for(std::chrono::milliseconds{1});
             return 1;
           };
           std::vector<decltype(pool.submit(sleep))> futures;
           futures.reserve(tasks);
           for (std::size_t i = 0; i < tasks; ++i)
             futures.push_back(pool.submit(sleep));
           for (auto& f : futures)
             must(f.get() == 1);
         })
         / 1e6;
}

/// Returns bytes per task that waits, with its future, while both workers are busy. To be right, it
/// has to be the first thing in its process: what others left would be used, and not be counted.
template <class Pool>
double memory() {
  constexpr std::size_t tasks = 100'000;
  Pool pool{workers};
  std::atomic<int> busy = 0;
  std::atomic<bool> go = false;
  auto wait = [&] {
    ++busy;
    go.wait(false);
    return 1;
  };
  std::array<decltype(pool.submit(wait)), workers> first{pool.submit(wait), pool.submit(wait)};
  while (busy < workers)
    std::this_thread::yield();
  std::vector<future_of<Pool>> futures(tasks);
  auto before = resident_bytes();
  for (auto& f : futures)
    f = pool.submit(one);
  auto after = resident_bytes();
  go = true;
  go.notify_all();
  for (auto& f : first)
    f.get();
  for (auto& f : futures)
    f.get();
  return (after - before) / tasks;
}

/// Returns what all cases cost a pool. One that is `slowness` times slower than others gets fewer
/// tasks: a round is to last as long.
template <class Pool>
pool_costs costs_of(int slowness = 1) {
  int tasks = 200'000 / slowness;
  int trips = slowness == 1 ? 10'000 : 2'000;
  pool_costs costs;
  costs.submit_and_get = [=] { return submit_and_get<Pool>(tasks); };
  costs.post = [=] { return post<Pool>(tasks); };
  costs.two_submitters = [=] { return two_submitters<Pool>(tasks); };
  costs.round_trip = [=] { return round_trip<Pool>(trips, 0.5); };
  costs.slow_round_trip = [=] { return round_trip<Pool>(trips, 0.99); };
  costs.round_trip_after_idle = [] {
    return round_trip<Pool>(50, 0.5, std::chrono::milliseconds{2});
  };
  costs.tasks_of_1_us = [=] { return computing_tasks<Pool>(1, 20'000 / std::min(slowness, 5)); };
  costs.tasks_of_10_us = [] { return computing_tasks<Pool>(10, 20'000); };
  costs.tasks_of_100_us = [] { return computing_tasks<Pool>(100, 40'000); };
  if constexpr (requires(Pool & pool) { pool.fib(30); })
    costs.fork_join = fork_join<Pool>;
  costs.sleeps = sleeps<Pool>;
  costs.memory = memory<Pool>;
  return costs;
}

} // namespace mailroom::benches
