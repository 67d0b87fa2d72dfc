#include "actors/corridor/polite_actors.hpp"

#include <utility>

namespace mailroom {

polite_robot::behavior_type polite_walker(polite_robot::stateful_pointer<polite_robot_state> self,
                                          polite_walk how) {
  auto end = [=](bool passed) {
    self->state.other = nullptr; // which refers to this one
    how.on_end({passed, self->state.moves});
    self->quit();
  };
  auto pass = [=] {
    self->state.here = lane::through;
    how.tell(how.robot, "is through");
    end(true);
  };
  auto hesitate = [=] {
    if (how.hesitation.count() == 0)
      self->send(self, done_atom_v);
    else
      self->delayed_send(self, how.hesitation, done_atom_v);
  };
  auto look = [=] {
    self->request(self->state.other, caf::infinite, get_atom_v)
      .then(
        [=](int other) {
          if (other != static_cast<int>(self->state.here))
            return pass();
          how.tell(how.robot, "is blocked");
          if (self->state.moves == how.most_moves)
            return end(false);
          self->state.blocked = true;
          hesitate();
        },
        [=](caf::error&) { pass(); }); // the other one is through, and gone
  };
  return {
    [=](get_atom) { return static_cast<int>(self->state.here); },
    [=](partner_atom, visible_robot other) {
      self->state.other = std::move(other);
      look();
    },
    [=](done_atom) {
      if (!std::exchange(self->state.blocked, false))
        return look();
      how.tell(how.robot, "steps aside");
      self->state.here = beside(self->state.here);
      ++self->state.moves;
      hesitate();
    },
  };
}

} // namespace mailroom
