#include <algorithm>

#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::music_player;

namespace {

compare::settings with_parts(std::int64_t parts) {
  compare::settings with{.scale = 0.02};
  with.numbers["parts"] = parts;
  return with;
}

} // namespace

TEST_CASE("music_player: every version shows all pictures in order and loads the track") {
  test::check_good_versions(music_player, {.scale = 0.02}, {2});
}

TEST_CASE("music_player: the judge misses a picture, their order, and a part of the track") {
  auto judged = [](std::int64_t frames, bool in_order, std::int64_t loaded) {
    return music_player.judge(
      {{"frames", frames}, {"in_order", in_order}, {"loaded", loaded}, {"parts", std::int64_t{5}}});
  };
  CHECK(judged(50, true, 5) == compare::verdict::ok);
  CHECK(judged(49, true, 5) == compare::verdict::crash);
  CHECK(judged(50, false, 5) == compare::verdict::crash);
  CHECK(judged(50, true, 4) == compare::verdict::crash);
}

TEST_CASE("music_player: who loads in the loop shows no picture for as long as that takes") {
  auto measured = test::run(music_player, "one", with_parts(10)).outcome;
  CHECK(measured.count("while_loading") == 0);
  CHECK(measured.count("largest_gap_ms") >= 2000);
}

TEST_CASE("music_player: who loads beside the loop shows pictures meanwhile") {
  for (auto* version : {"threads", "actors"}) {
    INFO(version);
    // The player takes one part per picture, and no other is loaded before it has.
    auto measured = test::run(music_player, version, with_parts(5)).outcome;
    CHECK(measured.count("while_loading") >= 4);
    CHECK(measured.count("largest_gap_ms") >= 40);
  }
}

TEST_CASE("music_player: the song does not wait for a track that is longer than what is left") {
  for (auto* version : {"threads", "actors"}) {
    INFO(version);
    auto result = test::run(music_player, version, with_parts(60));
    CHECK(result.outcome.count("while_loading") == 39); // all that come after the wish
    auto at = [&](std::string_view what) {
      return std::find_if(result.events.begin(), result.events.end(),
                          [&](auto& e) { return e.what == what; });
    };
    REQUIRE(at("part 60") != result.events.end());
    CHECK(at("frame 50") < at("part 60"));
  }
}

TEST_CASE(
  "exercise: music_player: of a track that was skipped no more is loaded, and another one is"
  * doctest::should_fail()) {
  constexpr std::size_t parts = 20; // more than can be there when it is skipped
  auto with = with_parts(parts);
  with.scale = 0.1; // so that a part is under way when it is skipped
  auto result = test::run(music_player, "skipped", with);
  CHECK(result.found == compare::verdict::ok);
  std::vector<std::string> loaded;
  std::vector<std::size_t> loaded_before_skip;
  for (auto& e : result.events)
    if (e.who == "disk")
      loaded.push_back(e.what);
    else if (e.what == "skips")
      loaded_before_skip.push_back(loaded.size());
  REQUIRE(loaded_before_skip.size() == 1);
  REQUIRE(loaded.size() >= parts);
  auto in_vain = loaded.size() - parts;
  CHECK(in_vain < parts);
  CHECK(in_vain >= loaded_before_skip.front());
  CHECK(in_vain <= loaded_before_skip.front() + 1); // that was under way
  for (std::size_t i = 0; i < loaded.size(); ++i)
    CHECK(loaded[i] == "part " + std::to_string(i < in_vain ? i + 1 : i - in_vain + 1));
}
