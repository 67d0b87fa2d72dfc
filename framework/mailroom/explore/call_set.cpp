#include "mailroom/explore/call_set.hpp"

#include <algorithm>
#include <limits>

namespace mailroom::explore::detail {

namespace {

constexpr auto full_word = std::numeric_limits<std::uint64_t>::max();

constexpr std::uint64_t bit(std::size_t number) {
  return std::uint64_t{1} << (number % 64);
}

} // namespace

void call_set::insert(std::size_t number) {
  auto word = number / 64;
  words_[word] |= bit(number);
  used_ = std::max(used_, word + 1);
  while (full_ < words_.size() && words_[full_] == full_word)
    ++full_;
}

void call_set::erase(std::size_t number) {
  auto word = number / 64;
  words_[word] &= ~bit(number);
  full_ = std::min(full_, word);
  while (used_ > 0 && words_[used_ - 1] == 0)
    --used_;
}

std::vector<std::uint64_t> call_set::key() const {
  std::vector<std::uint64_t> words{full_};
  if (used_ > full_)
    words.insert(words.end(), words_.begin() + static_cast<std::ptrdiff_t>(full_),
                 words_.begin() + static_cast<std::ptrdiff_t>(used_));
  return words;
}

std::size_t hash_of(const std::vector<std::uint64_t>& words) noexcept {
  std::uint64_t h = words.size();
  for (auto w : words) { // splitmix64, so that neighbours lie far from each other
    h = (h ^ w) + 0x9e3779b97f4a7c15u;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    h ^= h >> 31;
  }
  return static_cast<std::size_t>(h);
}

} // namespace mailroom::explore::detail
