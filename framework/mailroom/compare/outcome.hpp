#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mailroom::compare {

/// What a run measured: named values, in the order they were given.
class outcome {
public:
  using value = std::variant<bool, std::int64_t, double, std::string>;
  using entry = std::pair<std::string, value>;

  outcome() = default;
  outcome(std::initializer_list<entry> entries) : entries_(entries) {}

  /// Adds a value, or replaces the one of that name.
  void set(std::string_view name, value v);

  /// Returns the value of that name. Throws `std::out_of_range` if there is none, and
  /// `std::bad_variant_access` if it is of another kind.
  std::int64_t count(std::string_view name) const { return std::get<std::int64_t>(at(name)); }
  double number(std::string_view name) const { return std::get<double>(at(name)); }
  bool flag(std::string_view name) const { return std::get<bool>(at(name)); }
  const std::string& text(std::string_view name) const { return std::get<std::string>(at(name)); }

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

private:
  const value& at(std::string_view name) const;

  std::vector<entry> entries_;
};

/// Returns a value as text.
std::string to_string(const outcome::value& v);

} // namespace mailroom::compare
