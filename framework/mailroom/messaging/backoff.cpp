#include "mailroom/messaging/backoff.hpp"

#include <cmath>
#include <stdexcept>

namespace mailroom {

namespace {

using std::chrono::nanoseconds;

/// Written so that it is false for what is no number.
bool is_share(double x) {
  return x >= 0 && x <= 1;
}

} // namespace

void backoff::check() const {
  if (first < nanoseconds::zero() || most < first)
    throw std::invalid_argument(
      "a backoff goes from first, 0 or more, to most, not less than that");
  if (!(factor >= 1) || std::isinf(factor))
    throw std::invalid_argument("the factor of a backoff must be finite and not less than 1");
  if (!is_share(jitter))
    throw std::invalid_argument("the jitter of a backoff must be from 0 to 1");
}

nanoseconds backoff::delay(int failures, double random) const {
  check();
  if (failures < 1)
    throw std::invalid_argument("there is no delay before the first failure");
  if (!is_share(random))
    throw std::invalid_argument("the random number of a delay must be from 0 to 1");
  if (first == nanoseconds::zero())
    return first; // infinitely many times 0 would be no number
  auto grown = static_cast<double>(first.count()) * std::pow(factor, failures - 1);
  auto full = grown < static_cast<double>(most.count()) ? nanoseconds(std::llround(grown)) : most;
  // Compared as double, which rounds: what is as long as the whole might not fit into the integer.
  auto cut = static_cast<double>(full.count()) * jitter * random;
  return cut < static_cast<double>(full.count()) ? full - nanoseconds(std::llround(cut))
                                                 : nanoseconds::zero();
}

} // namespace mailroom
