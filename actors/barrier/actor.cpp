#include "actors/barrier/actor.hpp"

namespace mailroom {

barrier_actor::behavior_type barrier(barrier_actor::stateful_pointer<barrier_state> self,
                                     int parties) {
  if (parties < 1)
    self->quit(caf::sec::invalid_argument);
  self->state.parties = self->state.missing = parties;
  self->set_down_handler([self](caf::down_msg& gone) {
    self->state.parties -= static_cast<int>(self->state.line.forget(gone.source));
  });
  // Returns whether that was the last one, and a new phase has begun.
  auto arrive = [self] {
    auto& s = self->state;
    if (--s.missing > 0)
      return false;
    s.missing = s.parties;
    s.line.answer_all(++s.phases);
    return true;
  };
  return {
    [=](arrive_atom) -> caf::result<std::uint64_t> {
      if (self->state.missing == 0)
        return caf::sec::invalid_argument;
      if (arrive())
        return self->state.phases;
      return self->state.line.join();
    },
    [=](drop_atom) -> caf::result<void> {
      if (self->state.missing == 0)
        return caf::sec::invalid_argument;
      --self->state.parties;
      arrive();
      return caf::unit;
    },
  };
}

} // namespace mailroom
