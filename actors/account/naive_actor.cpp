#include "actors/account/naive_actor.hpp"

namespace mailroom {

caf::behavior naive_customer(caf::event_based_actor* self, cell_actor balance, std::int64_t amount,
                             std::chrono::nanoseconds hesitation,
                             std::function<void(bool)> on_result) {
  auto decide = [=](std::int64_t seen) {
    if (seen >= amount)
      self->send(balance, put_atom_v, seen - amount);
    on_result(seen >= amount);
    self->quit();
  };
  self->request(balance, caf::infinite, get_atom_v)
    .then(
      [=](std::int64_t seen) {
        if (hesitation.count() == 0)
          return decide(seen);
        self->delayed_send(self, hesitation, done_atom_v, seen);
      },
      [=](caf::error& reason) { self->quit(std::move(reason)); });
  return {[=](done_atom, std::int64_t seen) { decide(seen); }};
}

} // namespace mailroom
