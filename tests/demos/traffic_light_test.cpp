#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::traffic_light;

namespace {

verdict judged(int gone, int early) {
  return traffic_light.judge(
    {{"cars", std::int64_t{3}}, {"gone", std::int64_t{gone}}, {"early", std::int64_t{early}}});
}

} // namespace

TEST_CASE("traffic_light: no car goes before green, all go after, a late one does not wait") {
  for (std::int64_t latecomers : {0, 1, 5})
    test::check_good_versions(traffic_light,
                              {.scale = 0.005, .numbers = {{"latecomers", latecomers}}});
}

TEST_CASE("traffic_light: it is red for two seconds") {
  for (auto* version : {"locked", "actor"}) {
    CAPTURE(version);
    constexpr double scale = 0.02;
    auto result =
      test::run(traffic_light, version, {.scale = scale, .numbers = {{"latecomers", 0}}});
    CHECK(result.seconds >= 2 * scale);
  }
}

TEST_CASE("traffic_light: each way to be wrong has its verdict") {
  CHECK(judged(3, 0) == verdict::ok);
  CHECK(judged(2, 0) == verdict::lost_wakeup);
  CHECK(judged(2, 1) == verdict::crash);
}

TEST_CASE("traffic_light.signal_only: whoever comes after the signal waits") {
  CHECK(test::run_until_it_shows(traffic_light, "signal_only", {.scale = 0.3}).found
        == verdict::lost_wakeup);
}

TEST_CASE("traffic_light: in how many schedules each version fails") {
  auto counted = [](std::string_view version) {
    auto e = compare::explore_version(traffic_light, traffic_light.find(version));
    CHECK(e.result.complete);
    return std::to_string(e.result.bad()) + " of " + std::to_string(e.result.schedules);
  };
  CHECK(counted("signal_only") == "26 of 106");
  CHECK(counted("locked") == "0 of 136");
  CHECK(counted("actor") == "0 of 162");
}

TEST_CASE("exercise: traffic_light: all go who wait, though it is red again at once"
          * doctest::should_fail()) {
  auto story = traffic_light;
  story.judge = [](const compare::outcome& o) {
    return o.flag("green") ? verdict::crash : traffic_light.judge(o);
  };
  auto& red_again = story.find("red_again");
  CHECK(compare::run(story, red_again, {.scale = 0.02}).found == verdict::ok);
  auto e = compare::explore_version(story, red_again);
  CHECK(red_again.actors);
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
}
