#include "actors/rate_limiter/actor.hpp"

namespace mailroom {

caf::result<bool> rate_limiter_state::acquire(int tokens, std::chrono::nanoseconds limit) {
  if (!bucket.holds(tokens))
    return caf::sec::invalid_argument;
  auto now = alarm.now();
  auto due = bucket.due(tokens, now);
  if (due > now && (due - now > limit || !clients.sender()))
    return false;
  bucket.take(tokens, now);
  if (due == now)
    return true;
  alarm.set(due);
  return line.join({tokens, due});
}

void rate_limiter_state::answer_due() {
  alarm.came();
  while (!line.empty() && line.first().wish.due <= alarm.now())
    line.answer_first(true);
  if (!line.empty())
    alarm.set(line.first().wish.due);
}

void rate_limiter_state::forget(const caf::actor_addr& who) {
  auto earlier = token_bucket::duration::zero();
  for (auto at = line.begin(); at != line.end();) {
    at->wish.due -= earlier;
    if (at->who == who) {
      earlier += bucket.time_of(at->wish.tokens);
      bucket.give_back(at->wish.tokens);
      at = line.erase(at);
    } else {
      ++at;
    }
  }
  answer_due();
}

rate_limiter_actor::behavior_type
rate_limiter(rate_limiter_actor::stateful_pointer<rate_limiter_state> self, rate_limit limit) {
  auto& state = self->state;
  if (limit.valid())
    state.bucket = token_bucket{limit};
  else
    self->quit(caf::sec::invalid_argument);
  self->set_down_handler([&state](caf::down_msg& gone) { state.forget(gone.source); });
  return {
    [&state](acquire_atom, int tokens) {
      return state.acquire(tokens, std::chrono::nanoseconds::max());
    },
    [&state](acquire_atom, int tokens, std::chrono::nanoseconds time) {
      return state.acquire(tokens, time);
    },
    [&state](timeout_atom) { state.answer_due(); },
  };
}

} // namespace mailroom
