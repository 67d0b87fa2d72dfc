#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mailroom {

/// Who takes part: names in a fixed order, which never change while others look.
class players {
public:
  explicit players(std::vector<std::string> names) : names_(std::move(names)) {}

  /// Returns the place of a player in the list; nothing if it takes no part.
  std::optional<std::size_t> find(const std::string& name) const {
    auto at = std::find(names_.begin(), names_.end(), name);
    if (at == names_.end())
      return std::nullopt;
    return static_cast<std::size_t>(at - names_.begin());
  }

  const std::string& name(std::size_t place) const { return names_[place]; }
  std::size_t size() const { return names_.size(); }

private:
  std::vector<std::string> names_;
};

} // namespace mailroom
