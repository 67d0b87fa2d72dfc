#include "mailroom/compare/table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mailroom::compare {

std::string aligned(const std::vector<table_row>& rows) {
  std::vector<std::size_t> widths;
  for (auto& r : rows)
    for (std::size_t c = 0; c < r.size(); ++c) {
      widths.resize(std::max(widths.size(), r.size()));
      widths[c] = std::max(widths[c], r[c].size());
    }
  std::string text;
  for (auto& r : rows) {
    std::string line;
    for (std::size_t c = 0; c < r.size(); ++c)
      line += fmt::format("{:<{}}  ", r[c], widths[c]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

} // namespace mailroom::compare
