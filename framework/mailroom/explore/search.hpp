#pragma once

#include "mailroom/explore/execution.hpp"
#include "mailroom/explore/options.hpp"
#include "mailroom/explore/result.hpp"

namespace mailroom::explore {

/// Runs the schedules of an experiment, one after the other, as `o.strategy` says.
///
/// Depth first: each schedule is run from the start, takes what the one before it took up to the
/// last step where there is something left to try, and then tries that. Nothing is saved and
/// restored, so the program under test is an ordinary one.
///
/// Sleep sets (Godefroid, 1996) leave out schedules that differ from others only in the order of
/// independent neighbours: all endings and all final states are still found.
///
/// Throws `refused` if the experiment does not do the same when it gets the same choices, and what
/// the executions throw.
result search(const experiment& make, const options& o);

/// Runs the simplest schedule of each finding once more, for its history.
void add_histories(result& r, const experiment& make, const options& o);

} // namespace mailroom::explore
