#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "actors/cell/actor.hpp"

namespace mailroom {

/// Withdraws from a balance kept in a cell, by asking for it and putting back what is left. Here to
/// lose. Calls `on_result` with whether there was enough, then ends.
///
/// Messages: get, then put. Goes wrong when two get before one of them puts: both find enough. The
/// decision is made outside of the actor that owns the state, so owning it does not help.
/// @param hesitation how long it thinks between get and put.
caf::behavior naive_customer(caf::event_based_actor* self, cell_actor balance, std::int64_t amount,
                             std::chrono::nanoseconds hesitation,
                             std::function<void(bool)> on_result);

} // namespace mailroom
