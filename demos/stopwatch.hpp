#pragma once

#include <algorithm>
#include <chrono>
#include <iterator>
#include <vector>

#include "mailroom/compare/context.hpp"

namespace mailroom::stories {

/// Tells how long one thing takes that is done again and again: on a busy machine some take a
/// thousand times as long, so it goes on for a time, and not for a number.
class stopwatch {
public:
  /// Goes on for half a second of the story.
  explicit stopwatch(const compare::context& ctx)
    : end_(clock::now() + ctx.scaled(std::chrono::duration<double>{0.5})) {}

  void start() { begun_ = clock::now(); }

  /// Notes that one is done, and starts the next. Returns whether there should be one.
  bool lap() {
    auto now = clock::now();
    times_.push_back(std::chrono::duration<double, std::micro>(now - begun_).count());
    begun_ = now;
    return now < end_ && times_.size() < 10'000;
  }

  /// Returns the median of all, in us.
  double usual_time() {
    auto middle = times_.begin() + std::ssize(times_) / 2;
    std::nth_element(times_.begin(), middle, times_.end());
    return *middle;
  }

private:
  using clock = std::chrono::steady_clock;

  clock::time_point end_;
  clock::time_point begun_;
  std::vector<double> times_;
};

/// Does something again and again, and returns how long it usually takes.
template <class Function>
double time_of(const compare::context& ctx, Function run) {
  stopwatch watch{ctx};
  watch.start();
  do
    run();
  while (watch.lap());
  return watch.usual_time();
}

} // namespace mailroom::stories
