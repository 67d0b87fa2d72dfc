#pragma once

#include <chrono>
#include <cstdint>

#include "actors/cell/actor.hpp"

namespace mailroom {

/// Adds 1 to a cell `times` times by getting and putting, then ends. Here to lose.
///
/// Messages: get, then put. Goes wrong when another client's put arrives in between: that update is
/// lost, just as with threads. Messages do not cure a race; a message that says what shall happen
/// does, see `counter_actor`.
/// @param hesitation how long it thinks between get and put.
caf::behavior naive_adder(caf::event_based_actor* self, cell_actor target, std::int64_t times,
                          std::chrono::nanoseconds hesitation);

} // namespace mailroom
