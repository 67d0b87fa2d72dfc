// Our executors against other pools. What a case does stands in pool_peers/cases.hpp.

#include "bench/benches.hpp"
#include "bench/pool_peers/child.hpp"
#include "pool_peers.hpp"

namespace mailroom::benches {

namespace {

struct pool_case {
  const char* name;
  const char* unit;
  std::function<double()> pool_costs::*cost;
};

constexpr pool_case cases[] = {
  {"submit and get", "ns", &pool_costs::submit_and_get},
  {"post", "ns", &pool_costs::post},
  {"two submitters", "ns", &pool_costs::two_submitters},
  {"round trip, median", "ns", &pool_costs::round_trip},
  {"round trip, 99 %", "ns", &pool_costs::slow_round_trip},
  {"round trip after 2 ms idle", "ns", &pool_costs::round_trip_after_idle},
  {"1 us tasks", "x ideal", &pool_costs::tasks_of_1_us},
  {"10 us tasks", "x ideal", &pool_costs::tasks_of_10_us},
  {"100 us tasks", "x ideal", &pool_costs::tasks_of_100_us},
  {"fib(30), a task per call", "ms", &pool_costs::fork_join},
  {"10 000 sleeps of 1 ms, 64 workers", "ms", &pool_costs::sleeps},
  {"memory per queued task", "bytes", &pool_costs::memory},
};

/// Does a case once over; what takes memory, in a process of its own.
std::function<double()> round_of(const pool_peer& p, const pool_case& c) {
  auto& cost = p.costs.*c.cost;
  if (!cost || c.cost != &pool_costs::memory)
    return cost;
  return [name = p.name] { return number_from({helper("pool_memory"), name}); };
}

} // namespace

std::vector<compare::benchmark> pool() {
  auto peers = pool_peers();
  auto ours = actor_pool();
  std::vector<compare::benchmark> all;
  for (auto& c : cases) {
    compare::benchmark b{
      "pool", c.name, c.unit, {ours.name, round_of(ours, c)}, {}, note_on_missing(peers)};
    for (auto& p : peers)
      if (auto round = round_of(p, c))
        b.peers.push_back({p.name, std::move(round)});
    all.push_back(std::move(b));
  }
  return all;
}

} // namespace mailroom::benches
