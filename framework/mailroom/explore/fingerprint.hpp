#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ranges>
#include <tuple>

namespace mailroom::explore {

/// A number that is the same for equal values; nothing if a value's type does not let it be told.
using imprint = std::optional<std::uint64_t>;

/// Mixes `next` into `so_far` (FNV-1a).
inline imprint mixed(imprint so_far, imprint next) {
  if (!so_far || !next)
    return std::nullopt;
  return (*so_far ^ *next) * 1099511628211ull;
}

inline constexpr std::uint64_t no_imprint = 14695981039346656037ull;

/// Returns the imprint of a value with `std::hash`, or of a range or tuple of such values.
template <class T>
imprint fingerprint(const T& value) {
  if constexpr (requires { std::hash<T>{}(value); }) {
    return std::hash<T>{}(value);
  } else if constexpr (std::ranges::input_range<const T>) {
    imprint all = no_imprint;
    for (auto&& part : value)
      all = mixed(all, fingerprint(part));
    return all;
  } else if constexpr (requires { std::tuple_size<T>::value; }) {
    return std::apply(
      [](auto&... parts) {
        imprint all = no_imprint;
        ((all = mixed(all, fingerprint(parts))), ...);
        return all;
      },
      value);
  } else {
    return std::nullopt;
  }
}

} // namespace mailroom::explore
