#pragma once

#include <utility>
#include <vector>

#include "mailroom/compare/bench.hpp"

namespace mailroom::benches {

/// What the dual-mode primitives cost in production, against the standard ones.
std::vector<compare::benchmark> sync();

/// What a message costs, against the lock it replaces: here the locks win.
std::vector<compare::benchmark> actors();

/// Returns all of them.
inline std::vector<compare::benchmark> all() {
  auto benches = sync();
  for (auto& b : actors())
    benches.push_back(std::move(b));
  return benches;
}

} // namespace mailroom::benches
