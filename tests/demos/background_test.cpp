#include <algorithm>

#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::background;

namespace {

/// A run as it should be, but for one value.
verdict judged(std::string_view name, std::int64_t instead) {
  compare::outcome o{{"lasts", std::int64_t{3}},
                     {"ticks", std::int64_t{3}},
                     {"due", std::int64_t{3}},
                     {"left_running", std::int64_t{0}},
                     {"after_the_end", std::int64_t{0}}};
  o.set(name, instead);
  return background.judge(o);
}

} // namespace

TEST_CASE("background: a daemon ticks when it is time, and is gone when it is told to stop") {
  test::check_good_versions(background, {.scale = 0.01}, {1});
}

TEST_CASE("background: whoever stops a daemon does not wait for its next tick") {
  compare::settings never_ticks{.scale = 100, .numbers = {{"lasts", 0}}}; // the next: in 100 s
  for (auto& version : background.versions) {
    INFO(version.name);
    auto result = test::run(background, version.name, never_ticks);
    CHECK(result.found == verdict::ok);
    CHECK(result.outcome.count("ticks") == 0);
    CHECK(result.outcome.number("stop_took") < 0.5);
  }
}

TEST_CASE("background: the daemon's last word comes before the program's") {
  for (auto& version : background.versions) {
    INFO(version.name);
    auto result = test::run(background, version.name, {.scale = 0.01});
    REQUIRE(!result.events.empty());
    CHECK(result.events.back().who == "program");
    CHECK(result.events.back().what == "ends");
  }
}

TEST_CASE("background: a tick is missing, too early, or after the end, or somebody is left") {
  CHECK(judged("ticks", 3) == verdict::ok);
  CHECK(judged("ticks", 2) == verdict::crash);
  CHECK(judged("ticks", 4) == verdict::crash);
  CHECK(judged("due", 4) == verdict::ok);
  CHECK(judged("left_running", 1) == verdict::crash);
  CHECK(judged("after_the_end", 1) == verdict::crash);
}

TEST_CASE("exercise: background: a daemon that is told to stop saves, and only then is gone"
          * doctest::should_fail()) {
  compare::settings ticks{.scale = 0.01};
  compare::settings never_ticks{.scale = 100, .numbers = {{"lasts", 0}}};
  for (auto& with : {ticks, never_ticks}) {
    auto result = test::run(background, "saving", with);
    CHECK(result.found == verdict::ok);
    CHECK(result.outcome.number("stop_took") * with.scale < 50); // really, not in the story
    auto saved = [](auto& e) { return e.who == "daemon" && e.what == "saved"; };
    auto told = [](auto& e) { return e.what == "stops the daemon"; };
    auto& all = result.events;
    CHECK(std::count_if(all.begin(), all.end(), saved) == 1);
    auto last = std::find_if(all.begin(), all.end(), saved);
    CHECK(std::find_if(all.begin(), all.end(), told) < last);
    CHECK(all.end() - last == 2); // then the program ends
  }
}
