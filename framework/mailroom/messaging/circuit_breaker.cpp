#include "mailroom/messaging/circuit_breaker.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace mailroom {

namespace {

circuit_options checked(circuit_options o) {
  if (o.failures < 1 || o.probes < 1)
    throw std::invalid_argument(
      fmt::format("a circuit breaker needs 1 failure to open and 1 probe to close, or more, not {} "
                  "and {}",
                  o.failures, o.probes));
  if (o.cool_down < std::chrono::nanoseconds::zero())
    throw std::invalid_argument("the cool-down of a circuit breaker must not be negative");
  return o;
}

} // namespace

std::string to_string(circuit_state s) {
  switch (s) {
    case circuit_state::closed: return "closed";
    case circuit_state::open: return "open";
    default: return "half_open";
  }
}

circuit_breaker::circuit_breaker(circuit_options options) : options_(checked(std::move(options))) {}

circuit_state circuit_breaker::state() const {
  auto t = now();
  std::lock_guard lock{mutex_};
  return state_ == circuit_state::open && cooled_down(t) ? circuit_state::half_open : state_;
}

std::uint64_t circuit_breaker::admit() {
  auto t = now();
  std::lock_guard lock{mutex_};
  if (state_ == circuit_state::closed)
    return era_;
  if (state_ == circuit_state::open || begun_ == options_.probes) {
    // Probes that have not ended after so long are as good as lost: others try in their place.
    if (!cooled_down(t))
      throw circuit_open(state_ == circuit_state::open
                           ? "the circuit is open: the last calls have failed"
                           : "the circuit is half open: others try whether it can be closed");
    enter(circuit_state::half_open, t);
  }
  ++begun_;
  return era_;
}

void circuit_breaker::ended(std::uint64_t era, bool succeeded) {
  auto t = now();
  std::lock_guard lock{mutex_};
  if (era != era_)
    return;
  if (state_ == circuit_state::closed) {
    failures_ = succeeded ? 0 : failures_ + 1;
    if (failures_ == options_.failures)
      enter(circuit_state::open, t);
  } else if (!succeeded) {
    enter(circuit_state::open, t);
  } else if (++succeeded_ == options_.probes) {
    enter(circuit_state::closed, t);
  }
}

void circuit_breaker::enter(circuit_state state, time_point t) {
  state_ = state;
  ++era_;
  since_ = t;
  failures_ = begun_ = succeeded_ = 0;
}

bool circuit_breaker::cooled_down(time_point t) const {
  return t - since_ >= options_.cool_down;
}

bool circuit_breaker::counts(const std::exception_ptr& why) const {
  return !options_.counts || options_.counts(why);
}

circuit_breaker::time_point circuit_breaker::now() const {
  return options_.now ? options_.now() : std::chrono::steady_clock::now();
}

} // namespace mailroom
