#pragma once

#include <functional>
#include <string_view>

#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/options.hpp"
#include "mailroom/explore/replay.hpp"
#include "mailroom/explore/result.hpp"

namespace mailroom::explore {

/// Runs `scenario` under every schedule of its threads, or as many as `o` says.
///
/// The scenario is ordinary code made of `sync` types and free of `std` threads and locks; it makes
/// what its threads share, starts and joins them, and says with `ensure()` what must hold. It is
/// run again and again, so it must do the same thing each time. Atomic operations are sequentially
/// consistent: what weaker memory allows beyond that is for ThreadSanitizer to find.
///
/// Call it from an ordinary thread; several explorations at a time do not disturb each other.
/// Throws `refused` if the scenario cannot be controlled.
result threads(const std::function<void()>& scenario, const options& o = {});

/// Runs `scenario` in exactly the order that `schedule` says and returns how it ended.
///
/// One letter per step: `A` is the thread that was created first, `B` the second, `m` the one that
/// runs the scenario. A digit behind a letter picks another than the first outcome of that step.
/// `ABBA` reads: A moves, then B twice, then A. Steps of `m` that nobody competes with are left
/// out. When the schedule is used up, the thread that moved last goes on while it can. `AB(ABBA)*`
/// goes round in a circle after two steps: it is driven many times, and the run ends as a livelock
/// if nothing has changed after each lap.
///
/// Throws `schedule_error` at the step that does not fit, and `refused` as `threads()`.
run replay(const std::function<void()>& scenario, std::string_view schedule, const options& o = {});

/// Looks for livelocks: circles of steps in which every thread that could move does, and nobody
/// gets on, see `sync::progress()`.
///
/// Goes through the states instead of the schedules, so endless loops are no obstacle. A state is
/// the values of the `sync` objects and where each thread is; local variables are not part of it.
/// So each circle is driven on the real program before it is reported, and one that does not
/// close is not reported; but a livelock that depends on local variables can be missed.
result livelocks(const std::function<void()>& scenario, const options& o = {});

} // namespace mailroom::explore
