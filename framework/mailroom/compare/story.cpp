#include "mailroom/compare/story.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace mailroom::compare {

const version& story::find(std::string_view version_name) const {
  for (auto& v : versions)
    if (v.name == version_name)
      return v;
  std::string known;
  for (auto& v : versions)
    known += (known.empty() ? "" : ", ") + v.name;
  throw std::out_of_range(
    fmt::format("{} has no version '{}'; it has {}", name, version_name, known));
}

} // namespace mailroom::compare
