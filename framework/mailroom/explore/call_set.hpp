#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mailroom::explore::detail {

/// A set of numbers below a limit, of which mostly all up to some point are there: its key is
/// short however many calls a history has.
class call_set {
public:
  explicit call_set(std::size_t limit) : words_(limit / 64 + 1) {}

  void insert(std::size_t number);
  void erase(std::size_t number);

  /// Returns what no other set with this limit has: the number of full words, and what follows up
  /// to the last word that is not empty.
  std::vector<std::uint64_t> key() const;

  /// Appends all words.
  void append_to(std::vector<std::uint64_t>& key) const {
    key.insert(key.end(), words_.begin(), words_.end());
  }

private:
  std::vector<std::uint64_t> words_;
  std::size_t full_ = 0; // words at the front
  std::size_t used_ = 0; // words up to the last one that is not empty
};

/// Returns a hash of `words`.
std::size_t hash_of(const std::vector<std::uint64_t>& words) noexcept;

} // namespace mailroom::explore::detail
