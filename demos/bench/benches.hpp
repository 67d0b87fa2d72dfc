#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "mailroom/compare/bench.hpp"

namespace mailroom::benches {

/// Returns how many nanoseconds `work` takes.
template <class Work>
double nanoseconds(Work work) {
  using clock = std::chrono::steady_clock;
  auto start = clock::now();
  work();
  return std::chrono::duration<double, std::nano>(clock::now() - start).count();
}

/// Throws `std::logic_error` if what was measured has not done its work: then its time says
/// nothing.
inline void must(bool condition, const char* in = __builtin_FUNCTION()) {
  if (!condition)
    throw std::logic_error(std::string("this does not do what it measures: ") + in);
}

/// Says which of some peers are missing, and what to install.
template <class Peers>
std::string note_on_missing(const Peers& peers) {
  std::string note;
  for (auto& p : peers)
    if (!p.package.empty())
      note += (note.empty() ? "not measured: " : ", ") + p.name + " (" + p.package + ")";
  return note;
}

/// What the dual-mode primitives cost in production, against the standard ones.
std::vector<compare::benchmark> sync();

/// What a message costs, against the lock it replaces: here the locks win.
std::vector<compare::benchmark> actors();

/// What state in an agent costs, against a mutex and a plain CAF actor.
std::vector<compare::benchmark> agents();

/// What a message costs in a mailbox, against a queue with a lock and those of others.
std::vector<compare::benchmark> mailbox_cases();

/// What ten idioms with locks cost, against what to write instead.
std::vector<compare::benchmark> idiom_cases();

/// What plain CAF actors cost on our scheduler, against CAF's own.
std::vector<compare::benchmark> caf_cases();

/// What many small actors cost: agents, against plain CAF actors.
std::vector<compare::benchmark> light();

/// What a task costs in our executors, against other pools.
std::vector<compare::benchmark> pool();

/// What a task costs in our pool of processes, against Python's.
std::vector<compare::benchmark> process_cases();

/// What a schedule costs in an exploration, against starting all of it anew.
std::vector<compare::benchmark> explore_cases();

/// Returns all of them.
inline std::vector<compare::benchmark> all() {
  auto benches = sync();
  for (auto group : {actors, agents, mailbox_cases, idiom_cases, caf_cases, light, pool,
                     process_cases, explore_cases})
    for (auto& b : group())
      benches.push_back(std::move(b));
  return benches;
}

} // namespace mailroom::benches
