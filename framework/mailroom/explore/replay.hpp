#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mailroom/error.hpp"
#include "mailroom/explore/thread_world.hpp"

namespace mailroom::explore {

/// A schedule asks for a step that its scenario does not have at that point.
class schedule_error : public error {
public:
  using error::error;
};

/// How a replayed schedule ended.
struct replayed {
  enum class ending {
    fine,     ///< every thread ended and nothing threw
    violated, ///< an `ensure()` did not hold
    deadlock, ///< threads are left and none of them can move
    threw     ///< something else was thrown
  };

  ending end;
  std::string why;            ///< what was violated, thrown, or who waits for what; empty if fine
  std::vector<taken> history; ///< every step, in order
};

/// Runs `scenario` in exactly the order that `schedule` says and returns how it ended.
///
/// One letter per step: `A` is the thread that was created first, `B` the second, `m` the one that
/// runs the scenario. A digit behind a letter picks another than the first outcome of that step.
/// `ABBA` reads: A moves, then B twice, then A. Steps of `m` that nobody competes with may be left
/// out. When the schedule is used up, the thread that moved last goes on while it can.
///
/// Throws `schedule_error` if a step does not fit, naming it. Call it from an ordinary thread.
replayed replay(std::function<void()> scenario, std::string_view schedule);

} // namespace mailroom::explore
