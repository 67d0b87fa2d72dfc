#pragma once

#include <array>
#include <chrono>
#include <utility>

#include "actors/corridor/corridor.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::polite {

/// A corridor for robots that step aside whenever they are blocked. Here to lose.
///
/// Shared state: the lane of each robot, written by that robot alone; no data race anywhere.
/// Goes wrong when both step aside at the same time: then both are blocked again, as before. Nobody
/// waits, everybody moves, and nobody gets on.
class corridor {
public:
  /// @param hesitation how long a robot needs to look, and how long to step aside.
  /// @param most_moves how often it steps aside before it gives up.
  explicit corridor(std::chrono::nanoseconds hesitation = {}, int most_moves = for_ever,
                    corridor_watcher tell = unwatched)
    : hesitation_(hesitation), most_moves_(most_moves), tell_(std::move(tell)) {}

  /// Gets robot `me` through, if it can.
  walk pass(int me) {
    auto& mine = lanes_[static_cast<std::size_t>(me)];
    auto& other = lanes_[static_cast<std::size_t>(1 - me)];
    for (int moves = 0;; ++moves) {
      auto here = mine.load();
      if (other.load() != here) {
        mine.store(lane::through);
        tell_(me, "is through");
        return {true, moves};
      }
      tell_(me, "is blocked");
      if (moves == most_moves_)
        return {false, moves};
      sync::pause(hesitation_);
      tell_(me, "steps aside");
      mine.store(beside(here));
      sync::pause(hesitation_);
    }
  }

private:
  std::array<sync::atomic<lane>, robots> lanes_{
    {{lane::left, "lane of A"}, {lane::left, "lane of B"}}};
  std::chrono::nanoseconds hesitation_;
  int most_moves_;
  corridor_watcher tell_;
};

} // namespace mailroom::polite
