// What a task costs in our pool of processes, against Python's, and against two processes that do
// nothing but send bytes to each other.

#include <memory>
#include <string>
#include <vector>

#include "bench/benches.hpp"
#include "bench/pool_peers/child.hpp"
#include "mailroom/process/process_pool_executor.hpp"

namespace mailroom::benches {

namespace {

constexpr int workers = 2;

int one() {
  return 1;
}

std::string same(std::string text) {
  return text;
}

/// One for all rounds: what is measured is not how it starts.
process_pool_executor& pool_of_processes() {
  static process_pool_executor pool{{.max_workers = workers}};
  static bool warm = [] {
    for (int i = 0; i < 100; ++i)
      pool.submit(remote<one>).get();
    return true;
  }();
  (void)warm;
  return pool;
}

double many_tasks(int n) {
  auto& pool = pool_of_processes();
  int sum = 0;
  auto time = nanoseconds([&] {
    std::vector<future<int>> all;
    for (int i = 0; i < n; ++i)
      all.push_back(pool.submit(remote<one>));
    for (auto& f : all)
      sum += f.get();
  });
  must(sum == n);
  return time / n;
}

double round_trips(int n, std::size_t bytes) {
  auto& pool = pool_of_processes();
  std::string text(bytes, 'x');
  std::size_t came = 0;
  auto time = nanoseconds([&] {
    for (int i = 0; i < n; ++i)
      came += pool.submit(remote<same>, text).get().size();
  });
  must(came == bytes * static_cast<std::size_t>(n));
  return time / n;
}

compare::contender echo(int n, std::size_t bytes) {
  return {"echo", [=] {
            return number_from({helper("process_echo"), std::to_string(n), std::to_string(bytes)});
          }};
}

compare::contender python(const char* what, int n, std::size_t bytes) {
  return {"python", [=] {
            return number_from(
              {"python3", helper("process.py"), what, std::to_string(n), std::to_string(bytes)});
          }};
}

} // namespace

std::vector<compare::benchmark> process_cases() {
  auto round_trip = [](const char* name, int n, std::size_t bytes) {
    return compare::benchmark{"process",
                              name,
                              "ns",
                              {"process_pool", [=] { return round_trips(n, bytes); }},
                              {echo(n, bytes), python("round_trip", n / 4, bytes)}};
  };
  return {
    {"process",
     "no-op tasks",
     "ns",
     {"process_pool", [] { return many_tasks(10'000); }},
     {python("many_tasks", 3'000, 0)}},
    round_trip("round trip, 8 bytes", 4'000, 8),
    round_trip("round trip, 1 KiB", 4'000, 1 << 10),
    round_trip("round trip, 1 MiB", 100, 1 << 20),
  };
}

} // namespace mailroom::benches
