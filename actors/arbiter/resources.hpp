#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace mailroom {

/// Some of the resources of an arbiter, by their numbers.
using resources = std::vector<int>;

/// Which of the resources 0 to `count` - 1 are marked: taken, or spoken for. For one thread.
class resource_marks {
public:
  explicit resource_marks(int count) : marks_(static_cast<std::size_t>(std::max(count, 0))) {}

  /// Returns whether `wanted` names one resource or more, all of which exist.
  bool know(const resources& wanted) const {
    auto exists = [this](int r) { return r >= 0 && static_cast<std::size_t>(r) < marks_.size(); };
    return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), exists);
  }

  /// Returns whether none of `wanted` is marked.
  bool spare(const resources& wanted) const {
    return std::none_of(wanted.begin(), wanted.end(), [this](int r) { return marks_[at(r)]; });
  }

  void mark(const resources& these, bool marked = true) {
    for (int r : these)
      marks_[at(r)] = marked;
  }

  /// Returns how many are not marked.
  int left() const { return static_cast<int>(std::count(marks_.begin(), marks_.end(), false)); }

private:
  static std::size_t at(int resource) { return static_cast<std::size_t>(resource); }

  std::vector<bool> marks_;
};

} // namespace mailroom
