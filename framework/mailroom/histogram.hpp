#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

/// Returns ", name 1.0 us (median) 2.0 us (99 %)"; nothing if nothing was counted.
std::string to_string(std::string_view name, const histogram&);

} // namespace mailroom
