#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::game_loop;

TEST_CASE("game_loop: every version gives each rate its turns, and counts those it leaves out") {
  test::check_good_versions(game_loop, {.scale = 0.02}, {3});
}

TEST_CASE("game_loop: a machine that is much too slow leaves out turns, and starves nobody") {
  for (double scale : {1e-5, 1e-12})
    test::check_good_versions(game_loop, {.scale = scale}, {3});
}

TEST_CASE("game_loop: the judge sees who starves, what is not counted, and half a move") {
  auto judged = [](std::int64_t input, std::int64_t picture, std::int64_t sound,
                   std::int64_t left_out, std::int64_t torn) {
    return game_loop.judge({{"input", input},
                            {"picture", picture},
                            {"sound", sound},
                            {"left_out", left_out},
                            {"due", std::int64_t{160}},
                            {"torn", torn}});
  };
  CHECK(judged(10, 50, 100, 0, 0) == compare::verdict::ok);
  CHECK(judged(1, 1, 1, 157, 0) == compare::verdict::ok);
  CHECK(judged(0, 50, 100, 10, 0) == compare::verdict::crash);
  CHECK(judged(10, 0, 100, 50, 0) == compare::verdict::crash);
  CHECK(judged(10, 50, 0, 100, 0) == compare::verdict::crash);
  CHECK(judged(10, 50, 99, 0, 0) == compare::verdict::crash);
  CHECK(judged(10, 50, 100, 1, 0) == compare::verdict::crash);
  CHECK(judged(10, 50, 100, 0, 1) == compare::verdict::torn_read);
}

TEST_CASE("game_loop: who waits for the input shows no more pictures than there is input") {
  auto measured = test::run(game_loop, "one_loop").outcome;
  CHECK(measured.count("picture") <= 10);
  CHECK(measured.count("sound") <= 10);
  CHECK(measured.count("largest_gap_ms") >= 100);
}

TEST_CASE("game_loop: concurrent loops show more pictures than there is input") {
  for (auto* version : {"threads", "actors"}) {
    INFO(version);
    auto measured = test::run(game_loop, version, {.scale = 0.5}).outcome;
    CHECK(measured.count("picture") > 10); // of 50, if the machine had the time
    CHECK(measured.count("sound") > 10);   // of 100
    CHECK(measured.count("largest_gap_ms") >= 20);
  }
}

TEST_CASE("exercise: game_loop: sound does not wait for a picture that takes 30 ms"
          * doctest::should_fail()) {
  bool waits = true; // so a busy machine may seem to
  for (int tries = 0; tries < 10 && waits; ++tries) {
    auto result = test::run(game_loop, "slow_drawing", {.scale = 0.2});
    CHECK(result.found == compare::verdict::ok);
    auto pictures = result.outcome.count("picture");
    CHECK(pictures <= 34); // as many as begin within a second
    CHECK(result.outcome.count("largest_gap_ms") >= 30);
    // If it has to, each picture but the last one keeps it from two of its 100 turns.
    waits = result.outcome.count("sound") <= 100 - 2 * (pictures - 1);
  }
  CHECK(!waits);
}
