#include "actors/condition/actor.hpp"

namespace mailroom {

waiting_room_actor::behavior_type
waiting_room(waiting_room_actor::stateful_pointer<waiting_room_state> self) {
  using time_point = deadline_alarm::time_point;
  auto& state = self->state;
  auto take = [&state](time_point until) -> caf::result<bool> {
    if (state.free > 0) {
      --state.free;
      return true;
    }
    if (until <= state.alarm.now())
      return false;
    state.alarm.set(until);
    return state.guests.join({}, until);
  };
  self->set_down_handler([&state](caf::down_msg& gone) { state.guests.forget(gone.source); });
  return {
    [&state](put_atom) {
      if (state.guests.empty())
        ++state.free;
      else
        state.guests.answer_first(true);
    },
    [=](take_atom) { return take(deadline_alarm::never); },
    [=, &state](take_atom, std::chrono::nanoseconds limit) {
      return take(state.alarm.after(limit));
    },
    [&state](get_atom) { return state.free; },
    [&state](timeout_atom) {
      state.alarm.came();
      state.alarm.set(state.guests.answer_late(state.alarm.now(), false));
    },
  };
}

} // namespace mailroom
