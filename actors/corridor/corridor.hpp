#pragma once

#include <functional>

namespace mailroom {

/// Two robots come towards each other in a corridor with two lanes, and both are in the left one.
inline constexpr int robots = 2;

/// Where a robot is.
enum class lane { left, right, through };

/// Returns the other lane.
constexpr lane beside(lane l) {
  return l == lane::left ? lane::right : lane::left;
}

/// How a robot got through.
struct walk {
  bool passed; ///< false: it gave up, after as many moves as it was allowed
  int moves;   ///< how often it stepped aside
};

/// No limit of moves.
inline constexpr int for_ever = -1;

/// Hears what a robot (0 or 1) does: "is blocked", "steps aside", "is through".
using corridor_watcher = std::function<void(int robot, const char* what)>;

/// Tells nobody.
inline void unwatched(int, const char*) {}

} // namespace mailroom
