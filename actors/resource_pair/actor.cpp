#include "actors/resource_pair/actor.hpp"

#include <algorithm>

namespace mailroom {

documents_actor::behavior_type documents(documents_actor::stateful_pointer<documents_state> self) {
  return {
    [self](save_atom, int revision) {
      self->state.copies = {revision, revision};
    },
    [self](sync_atom) {
      auto& copies = self->state.copies;
      copies.local = copies.cloud = std::max(copies.local, copies.cloud);
    },
    [self](get_atom) { return self->state.copies; },
  };
}

} // namespace mailroom
