#include "actors/latch/actor.hpp"

namespace mailroom {

latch_actor::behavior_type latch(latch_actor::stateful_pointer<latch_state> self, int count) {
  using std::chrono::nanoseconds;
  if (count < 0)
    self->quit(caf::sec::invalid_argument);
  auto& state = self->state;
  state.count = count;
  self->set_down_handler([&state](caf::down_msg& gone) { state.line.forget(gone.source); });
  auto count_down = [&state](int by) {
    if (by < 0 || by > state.count)
      return false;
    state.count -= by;
    if (state.count == 0)
      state.line.answer_all(true);
    return true;
  };
  auto wait = [&state](nanoseconds limit = nanoseconds::max()) -> caf::result<bool> {
    if (state.count == 0)
      return true;
    return state.line.join({}, limit);
  };
  return {
    [=](count_down_atom, int by) -> caf::result<void> {
      if (!count_down(by))
        return caf::sec::invalid_argument;
      return caf::unit;
    },
    [=](wait_atom) { return wait(); },
    [=](wait_atom, nanoseconds limit) { return wait(limit); },
    [=](arrive_atom) -> caf::result<bool> {
      if (!count_down(1))
        return caf::sec::invalid_argument;
      return wait();
    },
    [&state](get_atom) { return state.count; },
    [&state](timeout_atom) { state.line.answer_late(); },
  };
}

} // namespace mailroom
