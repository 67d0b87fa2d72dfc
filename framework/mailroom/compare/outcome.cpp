#include "mailroom/compare/outcome.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "mailroom/compare/verdict.hpp"

namespace mailroom::compare {

std::string_view to_string(verdict v) noexcept {
  constexpr std::array<std::string_view, 9> names{"ok",          "lost_update", "overdraft",
                                                  "torn_read",   "deadlock",    "livelock",
                                                  "lost_wakeup", "overtaken",   "crash"};
  return names[static_cast<std::size_t>(v)];
}

void outcome::set(std::string_view name, value v) {
  auto it =
    std::find_if(entries_.begin(), entries_.end(), [&](auto& e) { return e.first == name; });
  if (it == entries_.end())
    entries_.emplace_back(name, std::move(v));
  else
    it->second = std::move(v);
}

const outcome::value& outcome::at(std::string_view name) const {
  auto it =
    std::find_if(entries_.begin(), entries_.end(), [&](auto& e) { return e.first == name; });
  if (it == entries_.end())
    throw std::out_of_range(fmt::format("the outcome has no '{}'", name));
  return it->second;
}

std::string to_string(const outcome::value& v) {
  struct printer {
    std::string operator()(bool b) const { return b ? "yes" : "no"; }
    std::string operator()(std::int64_t n) const { return fmt::format("{}", n); }
    std::string operator()(double x) const {
      bool large = std::abs(x) >= 999.5 && std::abs(x) < 1e9; // else it would read 1e+03
      return large ? fmt::format("{:.0f}", x) : fmt::format("{:.3g}", x);
    }
    std::string operator()(const std::string& s) const { return s; }
  };
  return std::visit(printer{}, v);
}

} // namespace mailroom::compare
