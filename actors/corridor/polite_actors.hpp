#pragma once

#include <chrono>
#include <functional>

#include "actors/corridor/corridor.hpp"
#include "actors/messages.hpp"

namespace mailroom {

MAILROOM_ATOM(look);
MAILROOM_ATOM(step);

/// What a robot is for the other one.
using visible_robot = caf::typed_actor< //
  accepts<int(get_atom)>>;              // tells its lane

/// A robot that asks the other one where it is, and steps aside if that is where it stands itself.
/// Here to lose.
///
/// Owned by each of the two actors: its own lane. Goes wrong when both ask before one of them steps
/// aside: both are told the old lane, both leave it, and both ask again. No state is shared, no
/// message is lost, and nobody gets on.
/// Ends when it is through; whoever asks it then hears that it is gone.
using polite_robot = visible_robot::extend<   //
  accepts<void(partner_atom, visible_robot)>, // names the other one, and lets it go
  accepts<void(look_atom)>,                   // to itself: looks where the other one is
  accepts<void(step_atom)>>;                  // to itself: steps aside

struct polite_robot_state {
  lane here = lane::left;
  visible_robot other;
  int moves = 0;
  static inline const char* name = "polite robot";
};

/// How a robot walks.
struct polite_walk {
  int robot;
  std::chrono::nanoseconds hesitation; ///< to look, and to step aside
  int most_moves = for_ever;           ///< before it gives up
  corridor_watcher tell = unwatched;
  std::function<void(walk)> on_end;
};

/// The behaviour of such a robot.
polite_robot::behavior_type polite_walker(polite_robot::stateful_pointer<polite_robot_state> self,
                                          polite_walk how);

} // namespace mailroom
