#pragma once

#include <cstdint>

#include "actors/waiting_line.hpp"

namespace mailroom {

MAILROOM_ATOM(drop);

/// A meeting point for a number of parties, again and again: nobody goes on before all are there.
///
/// Owned by the actor: how many parties there are, how many are missing, who waits, and the number
/// of the phase. Parties have no names: who arrives twice counts as two, and an arrival without a
/// sender counts, too. Who dies while it waits has arrived, and is dropped: the others go on
/// without it. That includes a client whose thread gave up (`ask` with too short a timeout). Who
/// dies between its arrivals is not noticed, and holds up all others until somebody arrives in its
/// place. Costs: a message there and one back; nobody blocks a thread.
using barrier_actor = caf::typed_actor< //
  accepts<std::uint64_t(arrive_atom)>,  // answers when all are there: which phase ended, from 1
  accepts<void(drop_atom)>>;            // arrives, but does not wait, and is not expected again

struct barrier_state {
  explicit barrier_state(caf::local_actor* self) : clients(self), line(clients) {}

  int parties = 0; // expected in the next phase
  int missing = 0; // in this one; 0 only if there are no parties left
  std::uint64_t phases = 0;
  client_list clients;
  waiting_line<std::uint64_t> line;
  static inline const char* name = "barrier";
};

/// The behaviour of a barrier: `sys.spawn(barrier, 3)`. With less than 1 party it ends at once, for
/// the reason `caf::sec::invalid_argument`. That is also what those hear who arrive after all have
/// been dropped.
barrier_actor::behavior_type barrier(barrier_actor::stateful_pointer<barrier_state> self,
                                     int parties);

} // namespace mailroom
