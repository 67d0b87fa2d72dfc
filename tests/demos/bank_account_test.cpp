#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::bank_account;

TEST_CASE("bank_account: no good version gives away what is not there") {
  test::check_good_versions(bank_account, {.scale = 0.01});
}

TEST_CASE("bank_account: with enough for all, every version that must be ok grants all") {
  auto result =
    test::run(bank_account, "actor", {.workers = 4, .scale = 0.01, .numbers = {{"balance", 300}}});
  CHECK(result.outcome.count("granted") == 4);
  CHECK(result.outcome.count("balance") == 0);
}

TEST_CASE("bank_account: exactly one of two gets 75 of 100") {
  for (auto* version : {"locked", "actor"}) {
    auto result = test::run(bank_account, version);
    CHECK(result.outcome.count("granted") == 1);
    CHECK(result.outcome.count("balance") == 25);
  }
}

TEST_CASE("bank_account.racy: two who think between looking and taking overdraw it"
          * doctest::skip(test::under_thread_sanitizer)) {
  CHECK(test::run_until_it_shows(bank_account, "racy", {.scale = 0.5}).found
        == compare::verdict::overdraft);
}

TEST_CASE("bank_account.step_locked: a lock around each step does not help") {
  CHECK(test::run_until_it_shows(bank_account, "step_locked", {.scale = 0.5}).found
        == compare::verdict::overdraft);
}

TEST_CASE("bank_account.naive_actor: messages alone do not help") {
  auto result = test::run_until_it_shows(bank_account, "naive_actor", {.scale = 0.5});
  CHECK(result.found == compare::verdict::overdraft);
  CHECK(result.outcome.count("granted") == 2);
}

TEST_CASE("exercise: bank_account: who thinks without the lock looks again before taking"
          * doctest::should_fail()) {
  auto story = bank_account;
  story.judge = [](const compare::outcome& o) {
    return o.count("granted") == 1 ? bank_account.judge(o) : compare::verdict::lost_update;
  };
  auto explored = [&](std::string_view version) {
    return compare::explore_version(story, story.find(version)).result;
  };
  auto look_again = explored("look_again");
  CHECK_FALSE(story.find("look_again").actors);
  CHECK(look_again.complete);
  CHECK(look_again.bad() == 0);
  CHECK(look_again.schedules > explored("locked").schedules); // both look, and then both take
  auto enough =
    test::run(bank_account, "look_again", {.workers = 4, .numbers = {{"balance", 300}}});
  CHECK(enough.outcome.count("granted") == 4);
}
