#pragma once

#include <chrono>

#include "actors/resource_pair/messages.hpp"
#include "actors/waiting_line.hpp"

namespace mailroom {

/// A copy that one editor at a time has for itself: a lock made of messages.
///
/// Owned by the actor: the revision, who has reserved it, and who is next, in order of arrival. A
/// reservation ends with `release`, or with the actor that made it: unlike a mutex it cannot be
/// left locked. Who has it and reserves it again waits, until it has released it. Goes wrong when
/// editors reserve two of them in different orders: locks by message deadlock, too. Costs: three
/// more messages for each copy; but who waits for one blocks no thread.
using reservable_actor = caf::typed_actor< //
  accepts<done_atom(reserve_atom)>,        // answers when the copy is the sender's
  accepts<void(release_atom)>,  // gives it to the next; ignored if it is not the sender's
  accepts<void(put_atom, int)>, // replaces the revision
  accepts<int(get_atom)>>;      // tells the revision

struct reservable_state {
  explicit reservable_state(caf::local_actor* self) : clients(self), line(clients) {}

  caf::result<done_atom> reserve();
  void release();
  void forget(const caf::actor_addr& who);

  int revision = first_revision;
  caf::actor_addr holder;       // nobody only while nobody waits
  client_list clients;          // the holder and those that wait
  waiting_line<done_atom> line; // of those who are next
  static inline const char* name = "reservable copy";

private:
  void lend(const caf::actor_addr& who);
  void hand_over();
};

/// The behaviour of such a copy: `sys.spawn(reservable_copy)`.
reservable_actor::behavior_type
reservable_copy(reservable_actor::stateful_pointer<reservable_state> self);

/// A pair of them. Whoever needs both reserves `local` first.
struct reservable_pair {
  reservable_actor local;
  reservable_actor cloud;
};

/// Writes both copies, then ends.
/// @param hesitation how long it thinks between its two reservations.
caf::behavior saving_editor(caf::event_based_actor* self, reservable_pair copies, int revision,
                            std::chrono::nanoseconds hesitation, progress tell);

/// Brings both copies to the newer of their revisions, then ends.
caf::behavior syncing_editor(caf::event_based_actor* self, reservable_pair copies,
                             std::chrono::nanoseconds hesitation, progress tell);

} // namespace mailroom
