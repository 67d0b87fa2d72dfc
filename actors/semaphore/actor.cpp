#include "actors/semaphore/actor.hpp"

#include <limits>

namespace mailroom {

semaphore_actor::behavior_type semaphore(semaphore_actor::stateful_pointer<semaphore_state> self,
                                         int permits) {
  using std::chrono::nanoseconds;
  if (permits < 0)
    self->quit(caf::sec::invalid_argument);
  auto& state = self->state;
  state.permits = permits;
  self->set_down_handler([&state](caf::down_msg& gone) { state.line.forget(gone.source); });
  auto take = [&state] {
    if (state.permits == 0)
      return false;
    --state.permits;
    return true;
  };
  auto acquire = [=, &state](nanoseconds limit = nanoseconds::max()) -> caf::result<bool> {
    if (take())
      return true;
    return state.line.join({}, limit);
  };
  return {
    [=](acquire_atom) { return acquire(); },
    [=](acquire_atom, nanoseconds limit) { return acquire(limit); },
    [=](try_atom) { return take(); },
    [=, &state](release_atom, int permits) -> caf::result<void> {
      if (permits < 0 || permits > std::numeric_limits<int>::max() - state.permits)
        return caf::sec::invalid_argument;
      state.permits += permits;
      while (!state.line.empty() && take())
        state.line.answer_first(true);
      return caf::unit;
    },
    [&state](get_atom) { return state.permits; },
    [&state](timeout_atom) { state.line.answer_late(); },
  };
}

} // namespace mailroom
