// Python's concurrent.futures, in a process of its own: pool.py.

#include "bench/pool_peers/child.hpp"
#include "bench/pool_peers/peer.hpp"

namespace mailroom::benches {

pool_peer python() {
  auto script = helper("pool.py");
  auto run = [=](const std::string& what, const std::string& how_often) {
    return [=] { return number_from({"python3", script, what, how_often}); };
  };
  pool_costs costs; // only one thread computes at a time, so no tasks that compute
  costs.submit_and_get = run("submit_and_get", "5000");
  costs.post = run("post", "5000");
  costs.two_submitters = run("two_submitters", "5000");
  costs.round_trip = run("round_trip", "2000");
  costs.slow_round_trip = run("slow_round_trip", "2000");
  costs.round_trip_after_idle = run("round_trip_after_idle", "50");
  costs.sleeps = run("sleeps", "10000");
  costs.memory = run("memory", "20000");
  return {"python", costs};
}

} // namespace mailroom::benches
