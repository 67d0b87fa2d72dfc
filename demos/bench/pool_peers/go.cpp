// Go, in a process of its own: pool.go.

#include "bench/pool_peers/child.hpp"
#include "bench/pool_peers/peer.hpp"

namespace mailroom::benches {

namespace {

pool_peer go(std::string name, const std::string& kind) {
  auto program = helper("pool_in_go");
  if (program.empty()) // it is not installed
    return {std::move(name), {}, "the build directory"};
  auto run = [=](const std::string& what, const std::string& how_often) {
    return [=] { return number_from({program, kind, what, how_often}); };
  };
  pool_costs costs;
  costs.submit_and_get = run("submit_and_get", "200000");
  costs.post = run("post", "200000");
  costs.two_submitters = run("two_submitters", "200000");
  costs.round_trip = run("round_trip", "10000");
  costs.slow_round_trip = run("slow_round_trip", "10000");
  costs.round_trip_after_idle = run("round_trip_after_idle", "50");
  costs.tasks_of_1_us = run("tasks_of_1_us", "20000");
  costs.tasks_of_10_us = run("tasks_of_10_us", "2000");
  costs.tasks_of_100_us = run("tasks_of_100_us", "400");
  if (kind == "routines")
    costs.fork_join = run("fork_join", "30");
  else
    costs.sleeps = run("sleeps", "10000");
  costs.memory = run("memory", "100000");
  return {std::move(name), costs};
}

} // namespace

pool_peer go_routines() {
  return go("go", "routines");
}

pool_peer go_workers() {
  return go("go pool", "workers");
}

} // namespace mailroom::benches
