#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "mailroom/explore/threads.hpp"

/// What is asserted of the algorithms of the framework: see framework/mailroom/explore/proofs.md.
namespace mailroom::test {

inline explore::options by_sleep_sets() {
  return {.strategy = explore::strategy::sleep_sets, .max_steps = 2000};
}

inline explore::options with_preemptions(int most) {
  auto o = by_sleep_sets();
  o.strategy = explore::strategy::preemptions;
  o.max_preemptions = most;
  return o;
}

/// Checks that every schedule ends well, of exactly so many that differ in more than the order of
/// independent steps.
inline void proved(const std::function<void()>& scenario, std::uint64_t schedules,
                   const explore::options& o = by_sleep_sets()) {
  auto r = explore::threads(scenario, o);
  INFO(r.schedules << " schedules, " << r.steps << " steps, " << r.seconds << " s; "
                   << r.simplest.replay << ": " << r.simplest.why);
  CHECK(r.bad() == 0);
  if (o.strategy == explore::strategy::preemptions)
    CHECK(r.bounds == "at most " + std::to_string(o.max_preemptions) + " preemptions");
  else
    CHECK(r.complete);
  CHECK(r.schedules == schedules);
}

/// Checks that some schedule ends badly, the simplest one like this.
inline void refuted(const std::function<void()>& scenario, explore::ending end,
                    std::string_view replay, const explore::options& o = by_sleep_sets()) {
  auto r = explore::threads(scenario, o);
  INFO(r.bad() << " of " << r.schedules << ": " << to_string(r.simplest.end) << " "
               << r.simplest.why << ": " << r.simplest.replay);
  REQUIRE(r.bad() > 0);
  CHECK(r.simplest.end == end);
  CHECK(r.simplest.replay == replay);
  CHECK(explore::replay(scenario, replay, o).end == end);
}

} // namespace mailroom::test
