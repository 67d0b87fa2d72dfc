#include "actors/timer/actor.hpp"

#include <algorithm>

namespace mailroom {

timer_id timer_state::after(std::chrono::nanoseconds delay, const std::function<void()>& f) {
  auto due = alarm.after(std::max(delay, std::chrono::nanoseconds::zero()));
  auto number = ++last;
  times.emplace(number, due);
  functions.emplace(std::pair{due, number}, f);
  alarm.set(due);
  return number;
}

bool timer_state::cancel(timer_id number) {
  auto time = times.find(number);
  if (time == times.end())
    return false;
  functions.erase({time->second, number});
  times.erase(time);
  return true;
}

void timer_state::call_due() {
  alarm.came();
  while (!functions.empty() && functions.begin()->first.first <= alarm.now()) {
    auto first = functions.extract(functions.begin());
    times.erase(first.key().second);
    first.mapped()();
  }
  if (!functions.empty())
    alarm.set(functions.begin()->first.first);
}

timer_actor::behavior_type timer_service(timer_actor::stateful_pointer<timer_state> self) {
  auto& state = self->state;
  return {
    [&state](after_atom, std::chrono::nanoseconds delay,
             const std::function<void()>& f) -> caf::result<timer_id> {
      if (!f)
        return caf::sec::invalid_argument;
      return state.after(delay, f);
    },
    [&state](cancel_atom, timer_id number) { return state.cancel(number); },
    [&state](timeout_atom) { state.call_due(); },
  };
}

} // namespace mailroom
