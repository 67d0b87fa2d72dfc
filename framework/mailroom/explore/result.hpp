#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "mailroom/explore/execution.hpp"

namespace mailroom::explore {

/// What came of one schedule.
struct run {
  explore::ending end = ending::fine;
  std::string why = {};    ///< what was violated, thrown, or who waits for what; empty if fine
  std::string replay = {}; ///< what `replay()` takes to do it again: "ABBA"
  int preemptions = 0;     ///< how often somebody was stopped who could have gone on
  std::vector<taken> history = {}; ///< every step, in order; of a circle, one lap
  std::size_t back_to = 0; ///< the step, from 1, with which the next lap begins; 0: no circle
  std::vector<std::string> cast = {}; ///< the names of those who take part
};

/// How schedules were chosen.
enum class strategy : std::uint8_t {
  automatic,   ///< the first of those below that is done within the bounds; the last one always is
  all,         ///< every schedule, one by one
  sleep_sets,  ///< of schedules that differ in the order of independent steps only, one
  preemptions, ///< every schedule with few preemptions
  random,      ///< some, by chance: finds bugs, proves nothing
  states       ///< every state that can be reached: see `livelocks()`
};

/// Returns the name of `s`, as reports print it.
std::string_view to_string(strategy s) noexcept;

/// Schedules that fail alike.
struct finding {
  ending end = ending::fine;
  std::string why = {}; ///< in its simplest schedule
  std::uint64_t schedules = 0;
  run simplest = {};
};

/// What came of many schedules of one scenario.
///
/// `bad()` of `schedules` is not a probability: an ordinary machine prefers some schedules by far.
struct result {
  std::uint64_t schedules = 0; ///< that were run to their end, or to the bound of their steps
  std::uint64_t cut = 0;       ///< of these, how many were stopped at that bound
  std::uint64_t steps = 0;     ///< taken in all
  std::uint64_t states = 0;    ///< with `strategy::states`
  bool complete = false;       ///< whether no other schedule could have ended differently
  strategy how = strategy::all;
  std::string bounds;            ///< what it is limited to, in words; empty if complete
  double seconds = 0;            ///< real time
  std::vector<finding> findings; ///< the most frequent first; empty if nothing is wrong
  run simplest; ///< of the failing schedules, one with the fewest preemptions, then steps

  /// Returns how many schedules fail.
  std::uint64_t bad() const noexcept;

  /// Writes it for people: the counts, what they mean, and the simplest failing schedule as
  /// columns.
  void print(std::ostream& out) const;
};

} // namespace mailroom::explore
