#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "actors/score_board/players.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::lock_based {

/// A score board under a mutex that covers the points of a player and the total.
///
/// Shared state: `points_`, `total_`. Guarded by: `mutex_`.
/// Two questions in a row are answered at two moments: in between, somebody may get points.
/// Costs: whoever hesitates inside makes everybody else wait.
class score_board {
public:
  /// @param hesitation how long somebody thinks between reading and writing.
  explicit score_board(std::vector<std::string> names, std::chrono::nanoseconds hesitation = {})
    : players_(std::move(names)), points_(players_.size()), hesitation_(hesitation) {
    if (players_.size() == 0)
      throw std::invalid_argument("a score board needs 1 or more players");
  }

  /// Gives points to a player. Throws `std::invalid_argument` if it takes no part, or there are
  /// less than 0.
  void add(const std::string& player, int points) {
    if (points < 0)
      throw std::invalid_argument("points are never taken away");
    auto at = place(player);
    std::lock_guard lock{mutex_};
    raise(points_[at], points);
    raise(total_, points);
  }

  /// Returns the points of a player. Throws `std::invalid_argument` if it takes no part.
  int points(const std::string& player) const {
    auto at = place(player);
    std::lock_guard lock{mutex_};
    return points_[at];
  }

  /// Returns the points of all.
  int total() const {
    std::lock_guard lock{mutex_};
    return total_;
  }

  /// Returns who has most; of several, the one named first.
  std::string leader() const {
    std::lock_guard lock{mutex_};
    auto first = std::max_element(points_.begin(), points_.end()) - points_.begin();
    return players_.name(static_cast<std::size_t>(first));
  }

private:
  void raise(int& value, int by) {
    int seen = value;
    sync::pause(hesitation_);
    value = seen + by;
  }

  std::size_t place(const std::string& player) const {
    if (auto found = players_.find(player))
      return *found;
    throw std::invalid_argument(player + " takes no part");
  }

  mutable sync::mutex mutex_{"board"};
  const players players_;
  std::vector<int> points_; // guarded by mutex_
  int total_ = 0;           // guarded by mutex_
  std::chrono::nanoseconds hesitation_;
};

} // namespace mailroom::lock_based
