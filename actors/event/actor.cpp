#include "actors/event/actor.hpp"

namespace mailroom {

event_actor::behavior_type event(event_actor::stateful_pointer<event_state> self) {
  using std::chrono::nanoseconds;
  auto& state = self->state;
  self->set_down_handler([&state](caf::down_msg& gone) { state.line.forget(gone.source); });
  auto wait = [&state](nanoseconds limit = nanoseconds::max()) -> caf::result<bool> {
    if (state.set)
      return true;
    return state.line.join({}, limit);
  };
  return {
    [&state](set_atom) {
      state.set = true;
      state.line.answer_all(true);
    },
    [&state](clear_atom) { state.set = false; },
    [=](wait_atom) { return wait(); },
    [=](wait_atom, nanoseconds limit) { return wait(limit); },
    [&state](get_atom) { return state.set; },
    [&state](timeout_atom) { state.line.answer_late(); },
  };
}

} // namespace mailroom
