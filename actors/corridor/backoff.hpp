#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <random>
#include <utility>

#include "actors/corridor/corridor.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::backing_off {

/// A corridor for robots that wait for a random time, look again, and step aside only if they are
/// still blocked.
///
/// Shared state: the lane of each robot, written by that robot alone.
/// Goes wrong when both wait equally long, again and again: unlikely, never impossible. An
/// exploration, which knows no time, finds the same circle as in `polite::corridor`.
/// Costs: waiting, also where the other one would have made room.
class corridor {
public:
  /// @param hesitation how long a robot waits on average, and how long it needs to step aside.
  /// @param most_moves how often it steps aside before it gives up.
  /// @param seed of its waiting times.
  explicit corridor(std::chrono::nanoseconds hesitation = {}, int most_moves = for_ever,
                    corridor_watcher tell = unwatched, std::uint64_t seed = 1)
    : hesitation_(hesitation), most_moves_(most_moves), tell_(std::move(tell)), seed_(seed) {}

  /// Gets robot `me` through, if it can.
  walk pass(int me) {
    auto& mine = lanes_[static_cast<std::size_t>(me)];
    auto& other = lanes_[static_cast<std::size_t>(1 - me)];
    std::mt19937_64 dice{seed_ * robots + static_cast<std::uint64_t>(me)};
    std::uniform_real_distribution<double> portion{0, 2};
    for (int moves = 0;; ++moves) {
      auto here = mine.load();
      if (other.load() == here) {
        tell_(me, "is blocked");
        if (moves == most_moves_)
          return {false, moves};
        sync::pause(
          std::chrono::duration_cast<std::chrono::nanoseconds>(hesitation_ * portion(dice)));
      }
      if (other.load() != here) {
        mine.store(lane::through);
        tell_(me, "is through");
        return {true, moves};
      }
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
  std::uint64_t seed_;
};

} // namespace mailroom::backing_off
