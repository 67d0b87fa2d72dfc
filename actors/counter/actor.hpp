#pragma once

#include <cstdint>

#include "mailroom/caf.hpp"

namespace mailroom {

/// Counts for whoever sends it a message.
///
/// Owned by the actor: the value. It handles one message at a time, so there is no "in between".
/// Costs: a message per update, some hundred nanoseconds; nobody waits for anybody.
using counter_actor = caf::typed_actor<  //
  accepts<void(add_atom, std::int64_t)>, // adds
  accepts<std::int64_t(get_atom)>>;      // tells the value

struct counter_state {
  std::int64_t value = 0;
  static inline const char* name = "counter";
};

/// The behaviour of a counter: `sys.spawn(counter, 0)`.
counter_actor::behavior_type counter(counter_actor::stateful_pointer<counter_state> self,
                                     std::int64_t start);

/// Adds 1 to a counter `times` times, then ends: `sys.spawn(adder, c, 1'000'000)`.
///
/// After every thousand it asks for the value, only to hear that the counter has come that far: an
/// actor that sends faster than another one receives fills the memory.
caf::behavior adder(caf::event_based_actor* self, counter_actor target, std::int64_t times);

} // namespace mailroom
