#pragma once

#include <chrono>

#include "actors/waiting_line.hpp"

namespace mailroom {

MAILROOM_ATOM(set);
MAILROOM_ATOM(clear);

/// A flag that actors wait for: once set it stays set until it is cleared, and who comes late does
/// not wait.
///
/// Owned by the actor: the flag, and who waits for it. Setting it answers all who wait, also if it
/// is cleared at once. It counts nothing: set twice is set once. What `get_atom` tells may be over
/// when it arrives. Who dies while it waits is forgotten.
/// Costs: a message there and one back; nobody blocks a thread.
using event_actor = caf::typed_actor<                 //
  accepts<void(set_atom)>,                            // sets it; all who wait go on
  accepts<void(clear_atom)>,                          // from now on others wait
  accepts<bool(wait_atom)>,                           // answers when it is set, or was: true
  accepts<bool(wait_atom, std::chrono::nanoseconds)>, // the same; false: not within that time
  accepts<bool(get_atom)>,                            // tells if it is set
  accepts<void(timeout_atom)>>;                       // to itself: somebody's time is up

struct event_state {
  explicit event_state(caf::local_actor* self) : clients(self), line(clients) {}

  bool set = false;
  client_list clients;
  waiting_line<bool> line; // empty while set
  static inline const char* name = "event";
};

/// The behaviour of an event, which is not set: `sys.spawn(event)`.
event_actor::behavior_type event(event_actor::stateful_pointer<event_state> self);

} // namespace mailroom
