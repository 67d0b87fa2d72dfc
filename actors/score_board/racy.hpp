#pragma once

#include <chrono>
#include <deque>
#include <stdexcept>

#include "actors/score_board/players.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::racy {

/// A score board without protection. Here to lose: use `lock_based::score_board` or
/// `score_board_actor`.
///
/// Shared state: `points_`, `total_`. Guarded by: nothing.
/// Goes wrong when two get points at the same time: what one of them added to the total is lost, or
/// to its own points, if they are the same player. In between, the total is not the sum.
class score_board {
public:
  /// @param hesitation how long somebody thinks between reading and writing.
  explicit score_board(std::vector<std::string> names, std::chrono::nanoseconds hesitation = {})
    : players_(std::move(names)), hesitation_(hesitation) {
    if (players_.size() == 0)
      throw std::invalid_argument("a score board needs 1 or more players");
    for (std::size_t i = 0; i < players_.size(); ++i)
      points_.emplace_back(0, "points");
  }

  /// Gives points to a player. Throws `std::invalid_argument` if it takes no part, or there are
  /// less than 0.
  void add(const std::string& player, int points) {
    if (points < 0)
      throw std::invalid_argument("points are never taken away");
    raise(points_[place(player)], points);
    raise(total_, points);
  }

  /// Returns the points of a player. Throws `std::invalid_argument` if it takes no part.
  int points(const std::string& player) const { return points_[place(player)]; }

  /// Returns the points of all.
  int total() const { return total_; }

  /// Returns who has most; of several, the one named first.
  std::string leader() const {
    std::size_t first = 0;
    for (std::size_t i = 1; i < points_.size(); ++i)
      if (points_[i] > points_[first])
        first = i;
    return players_.name(first);
  }

private:
  void raise(sync::shared<int>& value, int by) {
    int seen = value;
    sync::pause(hesitation_);
    value = seen + by;
  }

  std::size_t place(const std::string& player) const {
    if (auto found = players_.find(player))
      return *found;
    throw std::invalid_argument(player + " takes no part");
  }

  const players players_;
  std::deque<sync::shared<int>> points_;
  sync::shared<int> total_{0, "total"};
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::racy
