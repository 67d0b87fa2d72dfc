#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mailroom::explore::detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;

/// Returns a value as text, as far as that can be done for any type.
template <class T>
std::string shown(const T& value) {
  if constexpr (std::same_as<T, std::monostate>)
    return "done";
  else if constexpr (is_optional<T>)
    return value ? shown(*value) : "nothing";
  else if constexpr (is_variant<T>)
    return std::visit([](auto& v) { return shown(v); }, value);
  else if constexpr (fmt::is_formattable<T>::value)
    return fmt::format("{}", value);
  else
    return "a value";
}

/// Returns a value as text, in the words of its specification if that has any.
template <class Specification, class T>
std::string shown(const Specification& spec, const T& value) {
  if constexpr (requires {
                  { spec.show(value) } -> std::convertible_to<std::string>;
                })
    return spec.show(value);
  else
    return shown(value);
}

} // namespace mailroom::explore::detail
