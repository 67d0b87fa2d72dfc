#include "actors/arbiter/actor.hpp"

namespace mailroom {

caf::result<lease_id> arbiter_state::acquire(const resources& wanted,
                                             std::chrono::nanoseconds limit) {
  if (!taken.know(wanted))
    return caf::sec::invalid_argument;
  auto spoken_for = taken;
  for (auto& each : line)
    spoken_for.mark(each.wish);
  auto who = clients.sender();
  if (who && spoken_for.spare(wanted))
    return lend(who, wanted);
  return line.join(wanted, limit);
}

void arbiter_state::release(lease_id number) {
  auto at = leases.find(number);
  if (at == leases.end() || at->second.holder != clients.sender())
    return;
  end_lease(at);
  grant();
}

void arbiter_state::answer_late() {
  line.answer_late();
  grant(); // to those who would not pass the one that left
}

void arbiter_state::forget(const caf::actor_addr& who) {
  line.forget(who);
  for (auto at = leases.begin(); at != leases.end();)
    at = at->second.holder == who ? end_lease(at) : std::next(at);
  grant();
}

lease_id arbiter_state::lend(const caf::actor_addr& who, const resources& what) {
  taken.mark(what);
  clients.add(who);
  leases.emplace(++last, lease{who, what});
  return last;
}

/// Lends to all who want nothing that is taken, or wanted by somebody before them.
void arbiter_state::grant() {
  auto spoken_for = taken;
  for (auto at = line.begin(); at != line.end();) {
    bool granted = spoken_for.spare(at->wish);
    spoken_for.mark(at->wish);
    at = granted ? line.answer(at, lend(at->who, at->wish)) : std::next(at);
  }
}

std::map<lease_id, arbiter_state::lease>::iterator
arbiter_state::end_lease(std::map<lease_id, lease>::iterator at) {
  taken.mark(at->second.what, false);
  clients.remove(at->second.holder);
  return leases.erase(at);
}

arbiter_actor::behavior_type arbiter(arbiter_actor::stateful_pointer<arbiter_state> self,
                                     int count) {
  if (count < 1)
    self->quit(caf::sec::invalid_argument);
  auto& state = self->state;
  state.taken = resource_marks{count};
  self->set_down_handler([&state](caf::down_msg& gone) { state.forget(gone.source); });
  return {
    [&state](acquire_atom, const resources& wanted) { return state.acquire(wanted); },
    [&state](acquire_atom, const resources& wanted, std::chrono::nanoseconds limit) {
      return state.acquire(wanted, limit);
    },
    [&state](release_atom, lease_id number) { state.release(number); },
    [&state](get_atom) { return state.taken.left(); },
    [&state](timeout_atom) { state.answer_late(); },
  };
}

} // namespace mailroom
