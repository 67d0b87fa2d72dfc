#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "mailroom/explore/execution.hpp"
#include "mailroom/explore/result.hpp"

namespace mailroom::explore {

/// Collects how schedules end, and keeps the simplest of those that fail alike.
///
/// Deadlocks are alike, whoever waits; so are livelocks. What is violated or thrown is alike if it
/// says the same.
class findings {
public:
  /// Adds a schedule. `replay` writes it down, and is only called if it is the simplest so far.
  void add(const execution& e, const std::function<std::string()>& replay, int preemptions,
           std::size_t steps);

  /// Puts all of them into `r`, the most frequent first.
  void into(result& r) const;

private:
  struct kept {
    finding what;
    std::size_t steps = 0;
  };

  std::map<std::pair<ending, std::string>, kept> all_;
};

/// Makes the simplest schedule of all findings that of `r`.
void select_simplest(result& r);

} // namespace mailroom::explore
