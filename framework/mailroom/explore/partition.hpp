#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "mailroom/explore/history.hpp"
#include "mailroom/explore/linearization_search.hpp"

namespace mailroom::explore::detail {

/// Takes a history apart by key, each part in order of the calls' begin. Throws
/// `std::invalid_argument` if a call ends before it begins.
template <specification Specification>
auto parts(
  const Specification& spec,
  const std::vector<call<typename Specification::input, typename Specification::output>>& calls) {
  using claims = std::vector<claim<Specification>>;
  auto key_of = [&](auto& input) {
    if constexpr (requires { spec.key(input); })
      return spec.key(input);
    else
      return 0;
  };
  std::map<decltype(key_of(calls.front().input)), claims> by_key;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    auto& c = calls[i];
    if (c.answer && c.end <= c.begin)
      throw std::invalid_argument("call " + std::to_string(i) + " ends before it begins");
    by_key[key_of(c.input)].push_back(
      {i, &c.input, c.answer ? &*c.answer : nullptr, c.begin, c.end});
  }
  std::vector<claims> all;
  for (auto& [key, part] : by_key) {
    std::stable_sort(part.begin(), part.end(), [](auto& a, auto& b) { return a.begin < b.begin; });
    all.push_back(std::move(part));
  }
  return all;
}

/// Puts the orders of the parts of a history together.
///
/// Each call takes effect as early as its part allows: when the last of those that are before it,
/// and itself, has begun. That is before its own end, so an order by these moments is one of the
/// whole history.
class moments {
public:
  /// @param order places in `part`.
  template <class Claims>
  void add(const Claims& part, const std::vector<std::size_t>& order) {
    std::uint64_t at = 0;
    for (auto place : order) {
      at = std::max(at, part[place].begin);
      moments_.emplace_back(at, part[place].number);
    }
  }

  /// Returns the order of the whole history, as the calls' numbers.
  std::vector<std::size_t> merged() {
    std::stable_sort(moments_.begin(), moments_.end(),
                     [](auto& a, auto& b) { return a.first < b.first; });
    std::vector<std::size_t> order;
    for (auto& m : moments_)
      order.push_back(m.second);
    return order;
  }

private:
  std::vector<std::pair<std::uint64_t, std::size_t>> moments_; // and the call
};

} // namespace mailroom::explore::detail
