#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>
#include <utility>

#include "actors/deadline_alarm.hpp"

MAILROOM_LOCAL_MESSAGE(std::function<void()>)

namespace mailroom {

MAILROOM_ATOM(after);

/// Names what a timer has been asked to call.
using timer_id = std::uint64_t;

/// Calls functions when their time has come, one at a time, on a thread of the scheduler.
///
/// Owned by the actor: what is to be called, and when. Time is that of its system: virtual if that
/// is run by hand. The functions should not block, and must not wait for an answer of the timer:
/// others wait for them. What leaves a function as an exception ends the actor. A function is
/// called even if who set it has ended. To tell an actor, send from the function.
/// Costs: an answer later than at once. What was called while the cancellation was on its way is
/// too late to be cancelled.
using timer_actor = caf::typed_actor<                                             //
  accepts<timer_id(after_atom, std::chrono::nanoseconds, std::function<void()>)>, // calls it then
  accepts<bool(cancel_atom, timer_id)>, // tells whether it was in time: then it never runs
  accepts<void(timeout_atom)>>;         // to itself: something is due

struct timer_state {
  explicit timer_state(caf::local_actor* self) : alarm(self) {}

  using time_point = deadline_alarm::time_point;

  timer_id after(std::chrono::nanoseconds delay, const std::function<void()>& f);
  bool cancel(timer_id number);
  void call_due();

  std::map<std::pair<time_point, timer_id>, std::function<void()>> functions;
  std::unordered_map<timer_id, time_point> times;
  timer_id last = 0;
  deadline_alarm alarm;
  static inline const char* name = "timer";
};

/// The behaviour of a timer: `sys.spawn(timer_service)`. It answers a function that is none with
/// `caf::sec::invalid_argument`.
timer_actor::behavior_type timer_service(timer_actor::stateful_pointer<timer_state> self);

} // namespace mailroom
