#pragma once

#include <map>
#include <string>
#include <utility>

namespace mailroom {

/// What lies on the shelves. An ordinary class: for one thread, or for an `agent`.
class stock {
public:
  explicit stock(std::map<std::string, int> pieces = {}) : pieces_(std::move(pieces)) {}

  /// Takes some pieces of an item, if there are as many. Returns whether there were.
  bool take(const std::string& item, int pieces) {
    auto found = pieces_.find(item);
    if (found == pieces_.end() || found->second < pieces)
      return false;
    found->second -= pieces;
    return true;
  }

  void put_back(const std::string& item, int pieces) { pieces_[item] += pieces; }

  const std::map<std::string, int>& pieces() const { return pieces_; }

private:
  std::map<std::string, int> pieces_;
};

} // namespace mailroom
