#include "actors/counter/actor.hpp"

#include <algorithm>

namespace mailroom {

counter_actor::behavior_type counter(counter_actor::stateful_pointer<counter_state> self,
                                     std::int64_t start) {
  self->state.value = start;
  return {
    [self](add_atom, std::int64_t amount) { self->state.value += amount; },
    [self](get_atom) { return self->state.value; },
  };
}

namespace {

void add_on(caf::event_based_actor* self, const counter_actor& target, std::int64_t times) {
  constexpr std::int64_t batch = 1000;
  if (times <= 0)
    return self->quit();
  for (std::int64_t i = 0; i < std::min(times, batch); ++i)
    self->send(target, add_atom_v, std::int64_t{1});
  self->request(target, caf::infinite, get_atom_v)
    .then([=](std::int64_t) { add_on(self, target, times - batch); },
          [=](caf::error& reason) { self->quit(std::move(reason)); });
}

} // namespace

caf::behavior adder(caf::event_based_actor* self, counter_actor target, std::int64_t times) {
  add_on(self, target, times);
  return {};
}

} // namespace mailroom
