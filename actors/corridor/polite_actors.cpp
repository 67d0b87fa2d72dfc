#include "actors/corridor/polite_actors.hpp"

#include <utility>

#include "mailroom/messaging/send_after.hpp"

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
  auto then = [=](auto what) { // after a while, it does that
    send_after(self, how.hesitation, what);
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
          then(step_atom_v);
        },
        [=](caf::error&) { pass(); }); // the other one is through, and gone
  };
  return {
    [=](get_atom) { return static_cast<int>(self->state.here); },
    [=](partner_atom, visible_robot other) {
      self->state.other = std::move(other);
      look();
    },
    [=](look_atom) { look(); },
    [=](step_atom) {
      how.tell(how.robot, "steps aside");
      self->state.here = beside(self->state.here);
      ++self->state.moves;
      then(look_atom_v);
    },
  };
}

} // namespace mailroom
