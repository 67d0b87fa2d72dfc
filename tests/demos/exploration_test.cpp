#include "mailroom/compare/exploration.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "mailroom/explore/replay.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::explore_version, compare::replay_version, compare::verdict;

namespace {

const compare::version& version_of(const compare::story& s, std::string_view name) {
  return s.find(name);
}

/// "4 of 6"
std::string bad_of(const compare::story& s, std::string_view name) {
  auto e = explore_version(s, version_of(s, name));
  return std::to_string(e.result.bad()) + " of " + std::to_string(e.result.schedules);
}

} // namespace

TEST_CASE(
  "explorations: each version of each story is what it must be, and its bug can be replayed") {
  int explored = 0;
  for (auto* s : stories::all())
    if (s->explorable)
      for (auto& v : s->versions) {
        if (!v.explorable)
          continue;
        CAPTURE(s->name);
        CAPTURE(v.name);
        auto e = explore_version(*s, v);
        CHECK(to_string(e.worst()) == to_string(e.expected()));
        CHECK((e.result.bad() > 0) == (e.expected() != verdict::ok));
        if (e.result.bad() > 0) {
          auto again = replay_version(*s, v, e.result.simplest.replay);
          CHECK(again.end == e.result.simplest.end);
          CHECK(again.why == e.result.simplest.why);
        }
        ++explored;
      }
  CHECK(explored >= 39);
}

TEST_CASE("explorations: a version in the place of one with another verdict is found") {
  int swapped = 0;
  for (auto* s : stories::all())
    for (auto& v : s->versions)
      for (auto& other : s->versions) {
        if (!s->explorable || !v.explorable || !other.explorable
            || other.at_worst.value_or(other.expected) == v.at_worst.value_or(v.expected))
          continue;
        auto wrong = other;
        wrong.expected = v.expected;
        wrong.at_worst = v.at_worst;
        CAPTURE(s->name);
        CAPTURE(v.name);
        CAPTURE(other.name);
        CHECK_FALSE(explore_version(*s, wrong).as_expected());
        ++swapped;
        break;
      }
  CHECK(swapped >= 60);
}

TEST_CASE("explorations: the bank") {
  using stories::bank_account;
  CHECK(bad_of(bank_account, "racy") == "4 of 6");
  CHECK(bad_of(bank_account, "step_locked") == "4 of 6");
  CHECK(bad_of(bank_account, "locked") == "0 of 2");
  CHECK(bad_of(bank_account, "actor") == "0 of 4");
  CHECK(bad_of(bank_account, "naive_actor") == "12 of 14");
  auto e = explore_version(bank_account, version_of(bank_account, "racy"));
  CHECK(e.result.simplest.replay == "ABBA");
  CHECK(compare::verdict_of(e.result.simplest) == verdict::overdraft);
  CHECK(e.verdicts == std::map<verdict, std::uint64_t>{{verdict::overdraft, 4}});
}

TEST_CASE("explorations: messages of different senders may overtake each other on a network") {
  using stories::bank_account;
  auto& naive = version_of(bank_account, "naive_actor");
  auto e = explore_version(bank_account, naive, {.semantics = explore::network});
  CHECK(e.result.schedules == 20);
  CHECK(e.result.bad() == 18);
}

TEST_CASE("explorations: the counter and the editor") {
  CHECK(bad_of(stories::counter, "racy") == "4 of 6");
  CHECK(bad_of(stories::counter, "naive_actor") == "12 of 14");
  CHECK(bad_of(stories::text_editor, "opposite_order") == "2 of 6");
  CHECK(bad_of(stories::text_editor, "ordered") == "0 of 2");
}

TEST_CASE("explorations: a story may say that fewer or more take part than in a run") {
  auto story = stories::counter;
  story.small["workers"] = 3;
  CHECK(bad_of(story, "racy") == "84 of 90");
}

TEST_CASE("explorations: robots go in circles, with threads and with messages") {
  using stories::robots;
  for (auto* name : {"polite", "polite_actors"}) {
    CAPTURE(name);
    auto e = explore_version(robots, version_of(robots, name));
    CHECK(e.worst() == verdict::livelock);
    CHECK(e.result.simplest.back_to > 0);
    CHECK(e.result.simplest.replay.ends_with(")*"));
  }
}

TEST_CASE("explorations: a version that is worse than it must be is not as expected") {
  auto story = stories::counter;
  compare::version wrong = story.find("racy");
  wrong.expected = verdict::ok;
  auto e = explore_version(story, wrong);
  CHECK_FALSE(e.as_expected());
  CHECK(compare::table({e}).find("NOT AS IT MUST BE: lost_update") != std::string::npos);
  compare::version harmless = story.find("locked");
  harmless.expected = verdict::lost_update;
  CHECK_FALSE(explore_version(story, harmless).as_expected());
}

TEST_CASE("explorations: a story that cannot be explored is refused") {
  CHECK_THROWS_AS(explore_version(stories::kitchen, stories::kitchen.versions.front()),
                  std::invalid_argument);
}

TEST_CASE("explorations: so is a version that cannot be, of a story that can") {
  using stories::squares;
  auto& futures = version_of(squares, "futures");
  CHECK_THROWS_AS(explore_version(squares, futures), std::invalid_argument);
  CHECK_THROWS_AS(replay_version(squares, futures, ""), std::invalid_argument);
  CHECK(explore_version(squares, version_of(squares, "actor")).as_expected());
}

TEST_CASE("explorations: JSON has what scripts read") {
  auto e = explore_version(stories::bank_account, version_of(stories::bank_account, "racy"));
  auto all = nlohmann::json::parse(compare::json({e}));
  REQUIRE(all.size() == 1);
  auto& one = all[0];
  CHECK(one["story"] == "bank_account");
  CHECK(one["version"] == "racy");
  CHECK(one["expected"] == "overdraft");
  CHECK(one["schedules"] == 6);
  CHECK(one["bad"] == 4);
  CHECK(one["verdicts"] == nlohmann::json{{"overdraft", 4}});
  CHECK(one["complete"] == true);
  CHECK(one["reduction"] == "all");
  CHECK(one["simplest"] == "ABBA");
}
