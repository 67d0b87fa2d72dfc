#include "mailroom/messaging/backoff.hpp"

#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr auto longest = std::chrono::nanoseconds::max();

} // namespace

TEST_CASE("backoff: delays grow up to a limit") {
  backoff b{.first = 100ms, .factor = 2, .most = 1s, .jitter = 0};
  std::vector<std::chrono::nanoseconds> delays;
  for (int failures = 1; failures <= 6; ++failures)
    delays.push_back(b.delay(failures, 0.7)); // chance has no say
  CHECK(delays == std::vector<std::chrono::nanoseconds>{100ms, 200ms, 400ms, 800ms, 1s, 1s});
}

TEST_CASE("backoff: a factor of 1 keeps them equal") {
  backoff b{.first = 100ms, .factor = 1, .most = 1s, .jitter = 0};
  CHECK(b.delay(1, 0) == 100ms);
  CHECK(b.delay(100, 0) == 100ms);
}

TEST_CASE("backoff: jitter is the share that is left to chance") {
  backoff full{.first = 100ms, .jitter = 1};
  CHECK(full.delay(1, 0) == 100ms);
  CHECK(full.delay(1, 0.25) == 75ms);
  CHECK(full.delay(1, 1) == 0ms);
  backoff equal{.first = 100ms, .jitter = 0.5};
  CHECK(equal.delay(2, 0) == 200ms);
  CHECK(equal.delay(2, 0.5) == 150ms);
  CHECK(equal.delay(2, 1) == 100ms);
}

TEST_CASE("backoff: however many failures, and however long, nothing overflows") {
  constexpr int many = std::numeric_limits<int>::max();
  CHECK(backoff{.first = 1ns, .factor = 1e300, .most = longest, .jitter = 0}.delay(many, 1)
        == longest);
  CHECK(backoff{.first = longest, .most = longest, .jitter = 1}.delay(many, 1) == 0ns);
  CHECK(backoff{.first = longest, .most = longest, .jitter = 1}.delay(1, 1e-300) == longest);
  CHECK(backoff{.first = 0ns, .factor = 1e300}.delay(many, 0.5) == 0ns);
}

TEST_CASE("backoff: nonsense is an argument error") {
  for (auto wrong :
       {backoff{.first = -1ns}, backoff{.first = 2s, .most = 1s}, backoff{.factor = 0.99},
        backoff{.factor = nan_value}, backoff{.factor = infinity}, backoff{.jitter = -0.1},
        backoff{.jitter = 1.1}, backoff{.jitter = nan_value}}) {
    CHECK_THROWS_AS(wrong.check(), std::invalid_argument);
    CHECK_THROWS_AS(wrong.delay(1, 0), std::invalid_argument);
  }
  backoff right;
  right.check();
  CHECK_THROWS_AS(right.delay(0, 0), std::invalid_argument);
  for (double random : {-0.1, 1.1, nan_value})
    CHECK_THROWS_AS(right.delay(1, random), std::invalid_argument);
}
