#include "actors/cell/actor.hpp"

namespace mailroom {

cell_actor::behavior_type cell(cell_actor::stateful_pointer<cell_state> self, std::int64_t value) {
  self->state.value = value;
  return {
    [self](get_atom) { return self->state.value; },
    [self](put_atom, std::int64_t replacement) { self->state.value = replacement; },
  };
}

} // namespace mailroom
