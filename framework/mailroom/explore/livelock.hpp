#pragma once

#include "mailroom/explore/execution.hpp"
#include "mailroom/explore/options.hpp"
#include "mailroom/explore/result.hpp"

namespace mailroom::explore {

/// Goes through the states of an experiment, breadth first, and looks for circles in which all move
/// and nobody gets on.
///
/// A state is reached again by taking the shortest way to it from the start. Of the graph of states
/// it looks at the strongly connected parts without progress; one is a livelock if each participant
/// that can always move in it does. The shortest way through such a part that lets everybody
/// move is then driven on the real program, since two states that look alike need not be.
result search_states(const experiment& make, const options& o);

} // namespace mailroom::explore
