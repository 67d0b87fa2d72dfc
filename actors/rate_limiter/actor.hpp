#pragma once

#include <chrono>

#include "actors/rate_limiter/token_bucket.hpp"
#include "actors/waiting_line.hpp"

namespace mailroom {

/// Lets through so many per second, and some at once after a pause: a token bucket.
///
/// Owned by the actor: the bucket, and who waits for its turn, in order of arrival. Time is that of
/// its system: virtual if that is run by hand. Who has to wait takes its tokens in advance, so it
/// is known at once if a limit is too short. A client that ends while it waits is forgotten, and
/// those behind it move up. One that gives up a request by itself has used its tokens. Costs: a
/// message there and one back. It lets through those who ask; what they do then is theirs. Less
/// than 1 token, or more than the bucket holds, is answered with `caf::sec::invalid_argument`.
using rate_limiter_actor = caf::typed_actor<                  //
  accepts<bool(acquire_atom, int)>,                           // answers when it is its turn: true
  accepts<bool(acquire_atom, int, std::chrono::nanoseconds)>, // false, at once: not in that time
  accepts<void(timeout_atom)>>;                               // to itself: somebody's turn has come

struct rate_limiter_state {
  explicit rate_limiter_state(caf::local_actor* self) : clients(self), line(clients), alarm(self) {}

  struct turn {
    int tokens;
    token_bucket::time_point due;
  };

  caf::result<bool> acquire(int tokens, std::chrono::nanoseconds limit);
  void answer_due();
  void forget(const caf::actor_addr& who);

  token_bucket bucket{rate_limit{}};
  client_list clients;
  waiting_line<bool, turn> line; // their turns are in the same order
  deadline_alarm alarm;
  static inline const char* name = "rate limiter";
};

/// The behaviour of a rate limiter: `sys.spawn(rate_limiter, rate_limit{.rate = 10, .burst = 5})`.
/// Ends at once with `caf::sec::invalid_argument` if the limit is not valid.
rate_limiter_actor::behavior_type
rate_limiter(rate_limiter_actor::stateful_pointer<rate_limiter_state> self, rate_limit limit);

} // namespace mailroom
