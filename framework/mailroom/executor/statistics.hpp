#pragma once

#include <cstdint>
#include <string>

#include "mailroom/histogram.hpp"

namespace mailroom {

/// What an executor has done so far, and is doing. Exact while nothing happens; while tasks come
/// and go, the numbers are not all of the same moment.
struct statistics {
  std::uint64_t queued = 0;    ///< wait for a worker, also those just cancelled
  std::uint64_t running = 0;   ///< begun and not ended
  std::uint64_t done = 0;      ///< ended with a value
  std::uint64_t failed = 0;    ///< ended with an exception
  std::uint64_t cancelled = 0; ///< cancelled before they began
  std::uint64_t dropped = 0;   ///< rejected by a full queue, or by a broken executor
  int workers = 0;             ///< that live
  histogram waiting_time;      ///< from submission to begin; only with `measure_times`
  histogram run_time;          ///< from begin to end; only with `measure_times`
};

/// Returns all of it on one line, with the medians and 99th percentiles.
std::string to_string(const statistics&);

} // namespace mailroom
