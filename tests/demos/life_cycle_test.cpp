#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::life_cycle;

namespace {

constexpr auto all_states = "new runnable running blocked terminated";

/// A run as it should be, but for what `change` is told to spoil.
verdict judged(std::string_view name, compare::outcome::value instead) {
  compare::outcome o{{"states", all_states}, {"before", false}, {"between", true},
                     {"after", false},       {"waited", 1.0},   {"joined_first", false},
                     {"joined_again", true}};
  o.set(name, std::move(instead));
  return life_cycle.judge(o);
}

} // namespace

TEST_CASE("life_cycle: thread, task and actor are seen in every state, and joined twice") {
  test::check_good_versions(life_cycle, {.scale = 0.005}, {1});
}

TEST_CASE("life_cycle: what is told in the columns is what was seen, in its order") {
  for (auto& version : life_cycle.versions) {
    INFO(version.name);
    auto result = test::run(life_cycle, version.name, {.scale = 0.005});
    std::string states;
    for (auto& e : result.events)
      if (e.who != "onlooker")
        states += (states.empty() ? "" : " ") + e.what.substr(0, e.what.find(':'));
    CHECK(states == all_states);
  }
}

TEST_CASE("life_cycle: a state that was not seen, or seen too early, is none") {
  CHECK(judged("states", all_states) == verdict::ok);
  CHECK(judged("states", "new running blocked terminated") == verdict::crash);
  CHECK(judged("states", "new running runnable blocked terminated") == verdict::crash);
}

TEST_CASE("life_cycle: alive is who has begun and not ended") {
  CHECK(judged("before", true) == verdict::crash);
  CHECK(judged("between", false) == verdict::crash);
  CHECK(judged("after", true) == verdict::crash);
}

TEST_CASE("life_cycle: the first join must wait and fail, the second must not fail") {
  CHECK(judged("joined_first", true) == verdict::crash);
  CHECK(judged("waited", 0.9) == verdict::crash);
  CHECK(judged("joined_again", false) == verdict::crash);
}

TEST_CASE("exercise: life_cycle: a coroutine that is blocked keeps no worker from other tasks"
          * doctest::should_fail()) {
  auto result = test::run(life_cycle, "coroutine", {.scale = 0.005});
  INFO(result.why);
  CHECK(result.found == verdict::ok);
  CHECK(result.outcome.count("meanwhile") >= 1);
}
