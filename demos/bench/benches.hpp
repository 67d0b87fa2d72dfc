#pragma once

#include <vector>

#include "mailroom/compare/bench.hpp"

namespace mailroom::benches {

/// What the dual-mode primitives cost in production, against the standard ones.
std::vector<compare::benchmark> sync();

} // namespace mailroom::benches
