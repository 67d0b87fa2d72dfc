#pragma once

#include <functional>
#include <string>

namespace mailroom::benches {

/// What each case of "bench pool" costs one pool: a function that does it once over and returns the
/// cost. Empty if this pool cannot do it.
struct pool_costs {
  std::function<double()> submit_and_get;
  std::function<double()> post;
  std::function<double()> two_submitters;
  std::function<double()> round_trip;
  std::function<double()> slow_round_trip;
  std::function<double()> round_trip_after_idle;
  std::function<double()> tasks_of_1_us;
  std::function<double()> tasks_of_10_us;
  std::function<double()> tasks_of_100_us;
  std::function<double()> fork_join;
  std::function<double()> sleeps;
  std::function<double()> memory; ///< to be called in a process of its own
};

/// One of those that are measured.
struct pool_peer {
  std::string name;
  pool_costs costs = {};
  std::string package = {}; ///< what to install, if it is not there
};

// -- one file each; which of them are there, CMake knows ---------------------------------------------

pool_peer actor_pool();
pool_peer timed_actor_pool();
pool_peer thread_pool();

pool_peer tbb_pool();
pool_peer asio_pool();
pool_peer glib_pool();
pool_peer caf_actor_pool();
pool_peer std_async();
pool_peer go_routines();
pool_peer go_workers();
pool_peer python();

} // namespace mailroom::benches
