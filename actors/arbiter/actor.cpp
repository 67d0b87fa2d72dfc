#include "actors/arbiter/actor.hpp"

namespace mailroom {

caf::result<lease_id> arbiter_state::acquire(const resources& wanted, time_point until) {
  if (!taken.know(wanted))
    return caf::sec::invalid_argument;
  auto answer = line.join(wanted, until);
  grant();
  if (until <= alarm.now())
    line.answer_late(alarm.now(), no_lease);
  else
    alarm.set(until);
  return answer;
}

void arbiter_state::release(const caf::actor_addr& who, lease_id number) {
  auto at = leases.find(number);
  if (at == leases.end() || at->second.holder != who)
    return;
  end_lease(at);
  grant();
}

void arbiter_state::answer_late() {
  alarm.came();
  alarm.set(line.answer_late(alarm.now(), no_lease));
  grant(); // to those who would not pass the one that left
}

void arbiter_state::forget(const caf::actor_addr& who) {
  line.forget(who);
  for (auto at = leases.begin(); at != leases.end();)
    at = at->second.holder == who ? end_lease(at) : std::next(at);
  grant();
}

/// Lends to all who want nothing that is taken, or wanted by somebody before them.
void arbiter_state::grant() {
  auto spoken_for = taken;
  for (auto at = line.begin(); at != line.end();) {
    bool granted = spoken_for.spare(at->wish);
    spoken_for.mark(at->wish);
    if (granted) {
      taken.mark(at->wish);
      leases.emplace(++last, lease{at->who, at->wish});
      clients.add(at->who);
      at = line.answer(at, last);
    } else {
      ++at;
    }
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
    [&state](acquire_atom, const resources& wanted) {
      return state.acquire(wanted, deadline_alarm::never);
    },
    [&state](acquire_atom, const resources& wanted, std::chrono::nanoseconds limit) {
      return state.acquire(wanted, state.alarm.after(limit));
    },
    [self](release_atom, lease_id number) {
      self->state.release(caf::actor_cast<caf::actor_addr>(self->current_sender()), number);
    },
    [&state](get_atom) { return state.taken.left(); },
    [&state](timeout_atom) { state.answer_late(); },
  };
}

} // namespace mailroom
