#pragma once

#include <chrono>

#include "actors/resource_pair/messages.hpp"

namespace mailroom {

/// Both revisions at one moment.
struct revisions {
  int local = first_revision;
  int cloud = first_revision;
};

} // namespace mailroom

MAILROOM_LOCAL_MESSAGE(mailroom::revisions)

namespace mailroom {

/// Keeps a local and a cloud copy for whoever sends it a message.
///
/// Owned by the actor: both revisions. Saving and syncing are one message each, so there is no
/// second lock to wait for, and no moment at which the copies differ.
/// Costs: one message at a time. Who saves waits even if only the other copy is busy.
using documents_actor = caf::typed_actor< //
  accepts<void(save_atom, int)>,          // writes both copies, then answers
  accepts<void(sync_atom)>,               // brings both to the newer revision, then answers
  accepts<revisions(get_atom)>>;          // tells both revisions

struct documents_state {
  revisions copies;
  static inline const char* name = "documents";
};

/// The behaviour of such an actor: `sys.spawn(documents)`.
documents_actor::behavior_type documents(documents_actor::stateful_pointer<documents_state> self);

} // namespace mailroom
