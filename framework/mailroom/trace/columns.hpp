#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mailroom/trace/timeline.hpp"

namespace mailroom::trace {

/// How a timeline is printed.
struct columns_options {
  std::size_t width = 80;             ///< of a line, in characters
  std::size_t max_rows = 24;          ///< more events are left out in the middle, and that is said
  bool colour = false;                ///< ANSI colours, one per worker
  std::vector<std::string> workers{}; ///< the first columns; others follow as they appear
};

/// Returns `events` as text: one column per worker, time down the left in milliseconds. Text that
/// does not fit its column is cut and ends in `~`. Workers of whom there is nothing to tell get no
/// column.
std::string columns(const std::vector<event>& events, const columns_options& options = {});

} // namespace mailroom::trace
