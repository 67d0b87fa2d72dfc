#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace mailroom {

/// How often a time was how long, to within a factor of two.
class histogram {
public:
  /// Counts a time. For one thread.
  void add(std::chrono::nanoseconds time) noexcept {
    ++buckets_[bucket_of(time)];
    ++count_;
  }

  /// How many times were counted.
  std::uint64_t count() const noexcept { return count_; }

  /// Returns a time that the given part of all did not exceed: 0.5 for the median, 0.99 for all but
  /// the slowest in a hundred. Never too short, and less than twice too long. 0 if there are none.
  /// Throws `std::invalid_argument` unless the part is between 0 and 1.
  std::chrono::nanoseconds percentile(double part) const;

  histogram& operator+=(const histogram& other) noexcept;

private:
  // Bucket i holds times below 2^i ns.
  static std::size_t bucket_of(std::chrono::nanoseconds time) noexcept {
    auto n = time.count() > 0 ? static_cast<std::uint64_t>(time.count()) : 0;
    return static_cast<std::size_t>(std::bit_width(n));
  }

  std::array<std::uint64_t, 65> buckets_{};
  std::uint64_t count_ = 0;
};

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
