#pragma once

#include <array>
#include <chrono>
#include <utility>

#include "actors/corridor/corridor.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::priority {

/// A corridor in which the first robot has the right of way: only the second one steps aside.
///
/// Shared state: the lane of each robot, written by that robot alone.
/// Costs: an order that everybody has to know. The first one keeps looking until it is free, and
/// the second one always makes room.
class corridor {
public:
  /// @param hesitation how long a robot needs to see that it is blocked.
  explicit corridor(std::chrono::nanoseconds hesitation = {}, int /*most_moves*/ = for_ever,
                    corridor_watcher tell = unwatched)
    : hesitation_(hesitation), tell_(std::move(tell)) {}

  /// Gets robot `me` through.
  walk pass(int me) {
    auto& mine = lanes_[static_cast<std::size_t>(me)];
    auto& other = lanes_[static_cast<std::size_t>(1 - me)];
    int moves = 0;
    if (other.load() == mine.load())
      tell_(me, "is blocked");
    while (other.load() == mine.load()) {
      sync::pause();
      sync::pause(hesitation_);
      if (me == 1) {
        tell_(me, "steps aside");
        mine.store(beside(mine.load()));
        ++moves;
      }
    }
    mine.store(lane::through);
    tell_(me, "is through");
    return {true, moves};
  }

private:
  std::array<sync::atomic<lane>, robots> lanes_{
    {{lane::left, "lane of A"}, {lane::left, "lane of B"}}};
  std::chrono::nanoseconds hesitation_;
  corridor_watcher tell_;
};

} // namespace mailroom::priority
