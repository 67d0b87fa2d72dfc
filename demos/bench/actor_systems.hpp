#pragma once

// On whom actors are measured.

#include <string>
#include <utility>
#include <vector>

#include "bench/benches.hpp"
#include "bench/pool_peers/child.hpp"
#include "mailroom/caf.hpp"
#include "mailroom/system.hpp"

namespace mailroom::benches {

/// As many as in Go.
inline constexpr int actor_threads = 2;

/// Ends actors and waits until they have ended.
inline void end(caf::actor_system& sys, const std::vector<caf::actor>& actors) {
  for (auto& a : actors)
    caf::anon_send_exit(a, caf::exit_reason::kill);
  caf::scoped_actor self{sys};
  self->wait_for(actors);
}

/// Does something with CAF's actors once over, and returns what it cost.
using actor_program = double (*)(caf::actor_system&);

/// Returns a contender whose actors our scheduler runs.
inline compare::contender on_parking(std::string name, actor_program work) {
  return {std::move(name), [=] {
            mailroom::system sys{{.threads = actor_threads, .scheduler = scheduling::parking}};
            detail::visit visit; // over before the system is
            return work(sys.caf());
          }};
}

/// Returns a contender with CAF as it is, but for the number of threads.
inline compare::contender on_stock_caf(std::string name, const char* policy, actor_program work) {
  return {std::move(name), [=] {
            caf::actor_system_config config;
            detail::set_scheduler(config, policy);
            detail::set_threads(config, actor_threads);
            caf::actor_system sys{config};
            return work(sys);
          }};
}

/// Adds a case of a program made from Go, or says that it is missing.
inline void add_go(compare::benchmark& b, const char* name, const char* in_go, int how_often) {
  auto program = helper(name);
  if (program.empty()) // Go was not there, or it is not installed
    b.note = "not measured: go (golang-go, in the build directory)";
  else
    b.peers.push_back({"go", [=] {
                         return number_from({program, in_go, std::to_string(how_often)});
                       }});
}

} // namespace mailroom::benches
