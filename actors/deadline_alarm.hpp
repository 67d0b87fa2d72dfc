#pragma once

#include <algorithm>
#include <chrono>
#include <set>

#include "actors/messages.hpp"

namespace mailroom {

/// Sends its actor a `timeout_atom` when a time has come.
///
/// Part of the state of an actor. CAF cannot take back a delayed message, so the actor does not get
/// one for each deadline: only the first counts, and when it is over the actor sets the next. An
/// alarm may come for nothing; look what is due, and set it again for what is not.
class deadline_alarm {
public:
  using time_point = caf::actor_clock::time_point;

  /// Farther than any time that comes.
  static constexpr time_point never = time_point::max();

  explicit deadline_alarm(caf::local_actor* self) : self_(self) {}

  /// Returns what time it is for the actor: virtual in a system that is run by hand.
  time_point now() const { return self_->clock().now(); }

  /// Returns the time `delay` from now; `never` if that is too far away to count.
  time_point after(std::chrono::nanoseconds delay) const {
    auto t = now();
    return delay < never - t ? t + delay : never;
  }

  /// Wakes the actor at `t`, unless it is to be woken earlier anyway.
  void set(time_point t) {
    if (t == never || (!set_.empty() && *set_.begin() <= t))
      return;
    set_.insert(t);
    caf::delayed_anon_send(caf::actor_cast<caf::actor>(self_), t - now(), timeout_atom_v);
  }

  /// Forgets the alarms that have come: call it first on `timeout_atom`.
  void came() { set_.erase(set_.begin(), set_.upper_bound(now())); }

private:
  caf::local_actor* self_;
  std::set<time_point> set_;
};

} // namespace mailroom
