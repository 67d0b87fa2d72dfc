#include "mailroom/messaging/retry.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "mailroom/future/parker.hpp"

namespace mailroom::detail {

namespace {

bool wait_in_real_time(std::chrono::nanoseconds time, const std::stop_token& stop) {
  auto deadline = after(time);
  parker place;
  auto since = place.ready();
  std::stop_callback wake{stop, [&] { place.unpark(); }};
  while (!stop.stop_requested()) {
    if (clock::now() >= deadline)
      return true;
    place.park(since, deadline);
  }
  return false;
}

const retry_options& checked(const retry_options& options) {
  if (options.attempts < 1)
    throw std::invalid_argument(
      fmt::format("a retry has 1 attempt or more, not {}", options.attempts));
  if (options.timeout < std::chrono::nanoseconds::zero())
    throw std::invalid_argument("the timeout of a retry must not be negative");
  options.delay.check();
  return options;
}

} // namespace

retry_plan::retry_plan(const retry_options& options) : options_(checked(options)), start_(now()) {
  if (options_.stop.stop_requested())
    throw cancelled_error("told to stop before the first attempt");
}

attempt retry_plan::begin() {
  return {++begun_, left()};
}

void retry_plan::failed(const std::exception_ptr& why) {
  if (begun_ >= options_.attempts || !options_.worth_it || !options_.worth_it(why))
    std::rethrow_exception(why);
  auto time = options_.delay.delay(begun_, chance());
  if (time >= left())
    std::rethrow_exception(why);
  if (!(options_.wait ? options_.wait : wait_in_real_time)(time, options_.stop))
    throw cancelled_error(fmt::format("told to stop after attempt {} of {}, which failed with {}",
                                      begun_, options_.attempts, describe(why)));
}

retry_plan::time_point retry_plan::now() const {
  return options_.now ? options_.now() : clock::now();
}

retry_plan::nanoseconds retry_plan::left() const {
  if (options_.timeout == nanoseconds::max())
    return options_.timeout;
  return std::max(options_.timeout - (now() - start_), nanoseconds::zero());
}

double retry_plan::chance() {
  if (!random_)
    random_.emplace(options_.seed ? *options_.seed : std::random_device{}());
  return static_cast<double>((*random_)() >> 11) * 0x1p-53;
}

} // namespace mailroom::detail
