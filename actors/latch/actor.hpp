#pragma once

#include <chrono>

#include "actors/waiting_line.hpp"

namespace mailroom {

MAILROOM_ATOM(count_down);

/// A count that only goes down; actors wait for zero. For one use: see `barrier_actor` for rounds.
///
/// Owned by the actor: the count, and who waits. Who dies while it waits is forgotten. Who dies
/// before it has counted down keeps the others waiting: nobody knows that it was to come. If that
/// can happen, wait with a limit.
/// Costs: a message there and one back; nobody blocks a thread.
using latch_actor = caf::typed_actor<  //
  accepts<void(count_down_atom, int)>, // by so many; sec::invalid_argument, see below
  accepts<bool(wait_atom)>,            // answers at zero: true
  accepts<bool(wait_atom, std::chrono::nanoseconds)>, // the same; false: not within that time
  accepts<bool(arrive_atom)>,                         // counts down by one, answers at zero: true
  accepts<int(get_atom)>,                             // tells the count
  accepts<void(timeout_atom)>>;                       // to itself: somebody's time is up

struct latch_state {
  explicit latch_state(caf::local_actor* self) : clients(self), line(clients) {}

  int count = 0;
  client_list clients;
  waiting_line<bool> line; // empty at zero
  static inline const char* name = "latch";
};

/// The behaviour of a latch: `sys.spawn(latch, 3)`. With a count of less than 0 it ends at once,
/// for the reason `caf::sec::invalid_argument`. That is also what those hear who would count down
/// by less than 0, or by more than what is left: somebody has counted twice.
latch_actor::behavior_type latch(latch_actor::stateful_pointer<latch_state> self, int count);

} // namespace mailroom
