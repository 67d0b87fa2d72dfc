#include <cmath>

#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::primes;

namespace {

compare::settings asking(std::int64_t numbers, std::int64_t from) {
  compare::settings with;
  with.numbers["numbers"] = numbers;
  with.numbers["from"] = from;
  return with;
}

} // namespace

TEST_CASE("primes: every version finds the primes that the sieve leaves") {
  test::check_good_versions(primes, asking(300, 1'000'000'000), {1, 4});
}

TEST_CASE("primes: what is known of some numbers is found out, here and in other processes") {
  struct row {
    std::int64_t from;
    std::int64_t numbers;
    std::string which;
  };
  for (auto& known : {
         row{0, 12, "+2 +3 +5 +7 +11"},
         row{13, 1, "+0"},
         row{25, 1, ""},  // 5 * 5
         row{90, 7, ""},  // a gap
         row{561, 1, ""}, // passes Fermat's test
         row{100'000'000'000'000, 100, "+31 +67 +97 +99"},
         row{100'000'380'000'361, 1, ""},   // 10000019 * 10000019
         row{112'272'535'095'293, 1, "+0"}, // of Python's documentation
         row{1'099'726'899'285'419, 1, ""}, // too: 3306091 * 332636609
         row{1'000'000, 1'000, "+3 +33 +37 +39 +81 ..."},
       })
    for (std::string version : {"sequential", "process_pool"}) {
      INFO(version << ": " << known.numbers << " from " << known.from);
      auto result = test::run(primes, version, asking(known.numbers, known.from));
      INFO(result.why);
      CHECK(result.found == compare::verdict::ok);
      CHECK(result.outcome.text("which") == known.which);
    }
}

TEST_CASE("primes: one after the other is as fast as itself") {
  auto is_one = [](auto& result) { return std::abs(result.outcome.number("speedup") - 1) < 0.5; };
  auto result = test::run_until(primes, "sequential", asking(100, 1'000'000'000'000), is_one);
  INFO(result.outcome.number("speedup"));
  CHECK(is_one(result));
}

TEST_CASE("primes: small numbers are not worth the way to another process") {
  auto result = test::run(primes, "process_pool", asking(2'000, 1'000));
  CHECK(result.outcome.number("speedup") < 0.5);
}

TEST_CASE("exercise: primes: chunks are neither too small nor too large" * doctest::should_fail()) {
  auto tasks = [](std::int64_t numbers) {
    auto result = test::run(primes, "chunks", asking(numbers, 1'000));
    INFO(result.why);
    CHECK(result.found == compare::verdict::ok);
    return result.outcome.count("tasks");
  };
  CHECK(tasks(20'000) <= 100); // each has a way to go
  CHECK(tasks(20'000) >= 12);  // and nobody stands idle for long while others do the last one
  CHECK(tasks(40) >= 12);
}
