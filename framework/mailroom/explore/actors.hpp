#pragma once

#include <functional>
#include <string_view>

#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/options.hpp"
#include "mailroom/explore/replay.hpp"
#include "mailroom/explore/result.hpp"
#include "mailroom/explore/stage.hpp"

namespace mailroom::explore {

/// Runs `scenario` under every order of its actors' messages, or as many as `o` says.
///
/// The scenario spawns ordinary actors on the stage and says what must hold. It is run again and
/// again, so it must do the same thing each time. A step is one message, handled to its end; which
/// messages may overtake each other is `o.semantics`. Timeouts and delayed messages may come at any
/// time, in the order in which they are due. It knows no priorities: no message overtakes others
/// from its own sender to the same receiver.
///
/// Call it from an ordinary thread; several explorations at a time do not disturb each other.
/// Throws `refused` if the scenario cannot be controlled: it makes actors that are not on the
/// stage, or that block. A handler that blocks hangs it.
result actors(const std::function<void(stage&)>& scenario, const options& o = {});

/// Runs `scenario` in exactly the order that `schedule` says and returns how it ended.
///
/// One letter per message: that of its sender, `A` for the actor that was spawned first, `s` for
/// the scenario itself. With `network` there are two, sender and receiver. `t` lets the clock go on
/// to what is due next; of several things at the same time, `t1` is the second. When the schedule
/// is used up, the line that moved last goes on while it can.
///
/// Throws `schedule_error` at the step that does not fit, and `refused` as `actors()`.
run replay(const std::function<void(stage&)>& scenario, std::string_view schedule,
           const options& o = {});

/// Looks for livelocks: circles of messages in which nobody gets on, see `stage::progress()`.
///
/// A state is the observed values, the messages on their way, and who waits for a reply; what else
/// actors keep is not part of it. Each circle is driven before it is reported, as with threads.
result livelocks(const std::function<void(stage&)>& scenario, const options& o = {});

} // namespace mailroom::explore
