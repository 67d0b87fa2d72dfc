#pragma once

#include <chrono>

#include "actors/waiting_line.hpp"

namespace mailroom {

MAILROOM_ATOM(take);

/// A waiting room: places become free one by one, and whoever wants one is answered when it has it.
///
/// Owned by the actor: how many places are free, and who waits, first come first served. A place
/// goes straight to the first in line, so there is no moment at which somebody could overtake it,
/// nor a signal that could come too early. A client that ends while it waits is forgotten. One that
/// ends just as it is answered takes the place with it, and so does one that gives up a request by
/// itself: send the limit along instead. A limit of 0 or less: now or not at all.
/// Costs: a message there and one back.
using waiting_room_actor = caf::typed_actor<          //
  accepts<void(put_atom)>,                            // makes one more place free
  accepts<bool(take_atom)>,                           // answers when it has one: true
  accepts<bool(take_atom, std::chrono::nanoseconds)>, // false: not within that time
  accepts<int(get_atom)>,                             // tells how many places are free
  accepts<void(timeout_atom)>>;                       // to itself: somebody's time is up

struct waiting_room_state {
  explicit waiting_room_state(caf::local_actor* self) : clients(self), guests(clients) {}

  int free = 0; // none while somebody waits
  client_list clients;
  waiting_line<bool> guests;
  static inline const char* name = "waiting room";
};

/// The behaviour of a waiting room: `sys.spawn(waiting_room)`.
waiting_room_actor::behavior_type
waiting_room(waiting_room_actor::stateful_pointer<waiting_room_state> self);

} // namespace mailroom
