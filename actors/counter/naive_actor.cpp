#include "actors/counter/naive_actor.hpp"

namespace mailroom {

namespace {

void get_one(caf::event_based_actor* self, const cell_actor& target, std::int64_t times,
             std::chrono::nanoseconds hesitation) {
  if (times <= 0)
    return self->quit();
  auto put_and_go_on = [=](std::int64_t value) {
    self->send(target, put_atom_v, value + 1);
    get_one(self, target, times - 1, hesitation);
  };
  self->request(target, caf::infinite, get_atom_v)
    .then(
      [=](std::int64_t seen) {
        if (hesitation.count() == 0)
          return put_and_go_on(seen);
        self->become([=](put_atom, std::int64_t value) { put_and_go_on(value); });
        self->delayed_send(self, hesitation, put_atom_v, seen);
      },
      [=](caf::error& reason) { self->quit(std::move(reason)); });
}

} // namespace

caf::behavior naive_adder(caf::event_based_actor* self, cell_actor target, std::int64_t times,
                          std::chrono::nanoseconds hesitation) {
  get_one(self, target, times, hesitation);
  return {};
}

} // namespace mailroom
