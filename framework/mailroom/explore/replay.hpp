#pragma once

#include <string_view>

#include "mailroom/explore/execution.hpp"
#include "mailroom/explore/options.hpp"
#include "mailroom/explore/result.hpp"

namespace mailroom::explore {

/// A schedule asks for a step that its scenario does not have at that point.
class schedule_error : public error {
public:
  using error::error;
};

/// How often the circle of a schedule is driven: a loop that ends after fewer rounds is none.
inline constexpr int laps = 200;

/// Runs the one schedule that `schedule` writes down, see `replay()` of threads and of actors, and
/// returns what came of it. Throws `schedule_error` at the step that does not fit.
run follow(const experiment& make, std::string_view schedule, const options& o);

} // namespace mailroom::explore
