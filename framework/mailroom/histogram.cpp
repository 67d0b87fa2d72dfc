#include "mailroom/histogram.hpp"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace mailroom {

std::chrono::nanoseconds histogram::percentile(double part) const {
  if (!(part >= 0 && part <= 1))
    throw std::invalid_argument("a part of all is between 0 and 1");
  if (count_ == 0)
    return std::chrono::nanoseconds{0};
  auto wanted = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (buckets_[i] > 0 && seen >= wanted)
      return std::chrono::nanoseconds{i >= 63 ? INT64_MAX : (std::int64_t{1} << i) - 1};
  }
  return std::chrono::nanoseconds::max();
}

histogram& histogram::operator+=(const histogram& other) noexcept {
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  return *this;
}

std::string to_string(std::string_view name, const histogram& h) {
  if (h.count() == 0)
    return {};
  return fmt::format(", {} {:.1f} us (median) {:.1f} us (99 %)", name,
                     static_cast<double>(h.percentile(0.5).count()) / 1000,
                     static_cast<double>(h.percentile(0.99).count()) / 1000);
}

} // namespace mailroom
