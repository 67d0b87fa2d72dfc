#pragma once

#include <chrono>

#include "actors/waiting_line.hpp"

namespace mailroom {

MAILROOM_ATOM(try);

/// Permits that actors take and give back, in order of arrival.
///
/// Owned by the actor: how many permits are free, and who waits for one. Permits belong to nobody:
/// anybody may release, and one who dies with a permit takes it away; use `readers_writers_actor`
/// for what has to come back. But who dies while it waits is forgotten. An answer that comes after
/// the client's request has timed out is a permit lost: ask with a limit in the message instead.
/// Costs: a message there and one back; nobody blocks a thread.
using semaphore_actor = caf::typed_actor<                //
  accepts<bool(acquire_atom)>,                           // answers when a permit is taken: true
  accepts<bool(acquire_atom, std::chrono::nanoseconds)>, // the same; false: none within that time
  accepts<bool(try_atom)>,          // takes a permit if there is one; tells if there was
  accepts<void(release_atom, int)>, // gives so many; sec::invalid_argument if < 0 or too many
  accepts<int(get_atom)>,           // tells how many are free
  accepts<void(timeout_atom)>>;     // to itself: somebody's time is up

struct semaphore_state {
  explicit semaphore_state(caf::local_actor* self) : clients(self), line(clients) {}

  int permits = 0; // more than 0 only while nobody waits
  client_list clients;
  waiting_line<bool> line;
  static inline const char* name = "semaphore";
};

/// The behaviour of a semaphore: `sys.spawn(semaphore, 2)`. With less than 0 permits it ends at
/// once, for the reason `caf::sec::invalid_argument`.
semaphore_actor::behavior_type semaphore(semaphore_actor::stateful_pointer<semaphore_state> self,
                                         int permits);

} // namespace mailroom
