#pragma once

#include <concepts>

namespace mailroom::explore {

/// Says what an object does when nobody else is there: the yardstick of `linearize()`.
///
/// A small struct with
/// - `state`, `input`, `output`: types that can be copied; states and outputs have `==`, and a
/// `state{}` exists;
/// - `state initial() const`;
/// - `output apply(state&, const input&) const`: does one call and returns the right answer;
/// - if calls with different keys have nothing to do with each other, `key(const input&) const`,
///   whose values have `<`; a state is then that of one key;
/// - if its values are no numbers, strings or containers of these: `std::string show(...) const`
///   for an input, an output, a state.
template <class S>
concept specification =
  std::regular<typename S::state> && std::copyable<typename S::output> && std::equality_comparable<
    typename S::output> && requires(const S& spec, typename S::state& state,
                                    const typename S::input& input) {
  { spec.initial() } -> std::convertible_to<typename S::state>;
  { spec.apply(state, input) } -> std::convertible_to<typename S::output>;
};

} // namespace mailroom::explore
