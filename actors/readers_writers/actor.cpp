#include "actors/readers_writers/actor.hpp"

namespace mailroom {

caf::result<bool> readers_writers_state::lend(access wanted, std::chrono::nanoseconds limit) {
  auto who = clients.sender();
  if (!who || clients.contains(who))
    return caf::sec::invalid_argument;
  if (!line.empty() || !fits(wanted))
    return line.join(wanted, limit);
  enter(who, wanted);
  return true;
}

caf::result<void> readers_writers_state::release() {
  auto who = clients.sender();
  if (holders.erase(who) == 0)
    return caf::sec::invalid_argument;
  clients.remove(who);
  hand_over();
  return caf::unit;
}

void readers_writers_state::forget(const caf::actor_addr& who) {
  if (holders.erase(who) > 0)
    clients.remove(who);
  line.forget(who);
  hand_over();
}

void readers_writers_state::answer_late() {
  line.answer_late();
  hand_over(); // a writer that gave up may have kept readers waiting
}

bool readers_writers_state::fits(access wanted) const {
  return holders.empty() || (wanted == access::shared && !writing);
}

void readers_writers_state::enter(const caf::actor_addr& who, access wanted) {
  holders.insert(who);
  clients.add(who);
  writing = wanted == access::exclusive;
}

/// Lets those go on that are next, as far as they fit.
void readers_writers_state::hand_over() {
  while (!line.empty() && fits(line.first().wish)) {
    enter(line.first().who, line.first().wish);
    line.answer_first(true);
  }
}

readers_writers_actor::behavior_type
readers_writers(readers_writers_actor::stateful_pointer<readers_writers_state> self) {
  using access = readers_writers_state::access;
  using std::chrono::nanoseconds;
  auto& state = self->state;
  self->set_down_handler([&state](caf::down_msg& gone) { state.forget(gone.source); });
  return {
    [&state](read_atom) { return state.lend(access::shared); },
    [&state](read_atom, nanoseconds limit) { return state.lend(access::shared, limit); },
    [&state](write_atom) { return state.lend(access::exclusive); },
    [&state](write_atom, nanoseconds limit) { return state.lend(access::exclusive, limit); },
    [&state](release_atom) { return state.release(); },
    [&state](timeout_atom) { state.answer_late(); },
  };
}

} // namespace mailroom
