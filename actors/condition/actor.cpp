#include "actors/condition/actor.hpp"

namespace mailroom {

waiting_room_actor::behavior_type
waiting_room(waiting_room_actor::stateful_pointer<waiting_room_state> self) {
  using std::chrono::nanoseconds;
  auto& state = self->state;
  auto take = [&state](nanoseconds limit = nanoseconds::max()) -> caf::result<bool> {
    if (state.free > 0) {
      --state.free;
      return true;
    }
    return state.guests.join({}, limit);
  };
  self->set_down_handler([&state](caf::down_msg& gone) { state.guests.forget(gone.source); });
  return {
    [&state](put_atom) {
      if (state.guests.empty())
        ++state.free;
      else
        state.guests.answer_first(true);
    },
    [=](take_atom) { return take(); },
    [=](take_atom, nanoseconds limit) { return take(limit); },
    [&state](get_atom) { return state.free; },
    [&state](timeout_atom) { state.guests.answer_late(); },
  };
}

} // namespace mailroom
