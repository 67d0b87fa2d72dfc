#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::bank_transfer;

namespace {

/// "4 of 6"
std::string bad_of(std::string_view version) {
  auto e = compare::explore_version(bank_transfer, bank_transfer.find(version));
  CHECK(e.result.complete);
  return std::to_string(e.result.bad()) + " of " + std::to_string(e.result.schedules);
}

} // namespace

TEST_CASE("bank_transfer: whoever counts sees all the money") {
  test::check_good_versions(bank_transfer, {.scale = 0.005});
}

TEST_CASE("bank_transfer: also where most transfers find no room, and are taken back") {
  test::check_good_versions(
    bank_transfer, {.scale = 0.005, .numbers = {{"accounts", 2}, {"amount", 100}, {"shards", 1}}},
    {3});
}

TEST_CASE("bank_transfer: all make the transfers of the story") {
  for (auto& v : bank_transfer.versions) {
    CAPTURE(v.name);
    auto result = test::run(bank_transfer, v.name);
    CHECK(result.outcome.count("due") == 400);
    CHECK(result.outcome.count("moved") == 6);
    CHECK(result.outcome.count("at_last") == 400);
  }
}

TEST_CASE("bank_transfer: nobody may see another sum, neither in the middle nor at last") {
  auto judged = [](std::int64_t least, std::int64_t greatest, std::int64_t at_last) {
    return bank_transfer.judge(
      {{"due", 200}, {"least", least}, {"greatest", greatest}, {"at_last", at_last}});
  };
  CHECK(judged(200, 200, 200) == verdict::ok);
  CHECK(judged(125, 200, 200) == verdict::torn_read);
  CHECK(judged(200, 275, 200) == verdict::torn_read);
  CHECK(judged(200, 200, 125) == verdict::torn_read);
}

TEST_CASE("bank_transfer.split_actors: a reader sees money missing") {
  auto result = test::run_until_it_shows(bank_transfer, "split_actors", {.scale = 1});
  CHECK(result.found == verdict::torn_read);
  CHECK(result.outcome.count("least") < 400);
}

TEST_CASE("bank_transfer: two accounts, two transfers and a reader in every order") {
  CHECK(bad_of("one_lock") == "0 of 6");
  CHECK(bad_of("account_actors") == "0 of 11808");
  CHECK(bad_of("shard_actors") == "0 of 294");
  CHECK(bad_of("split_actors") == "1754 of 7676");
}

TEST_CASE("bank_transfer.account_locks: all that can go wrong is to try again for ever") {
  auto e = compare::explore_version(bank_transfer, bank_transfer.find("account_locks"));
  CHECK(e.result.complete);
  CHECK(e.verdicts.size() == 1);
  CHECK(e.worst() == verdict::livelock);
}

TEST_CASE(
  "bank_transfer.account_locks: a reader sees all the money, with up to three preemptions") {
  auto v = bank_transfer.find("account_locks");
  v.endless = false; // states do not tell what a reader keeps in a local variable, schedules do
  auto e = compare::explore_version(
    bank_transfer, v, {.strategy = explore::strategy::preemptions, .max_preemptions = 3});
  CHECK(e.result.bounds == "at most 3 preemptions");
  CHECK(e.result.schedules > 100);
  CHECK(e.result.bad() == 0);
}

TEST_CASE("exercise: bank_transfer: locks that are taken in order never try again"
          * doctest::should_fail()) {
  auto story = bank_transfer;
  auto ordered = story.find("ordered_locks");
  CHECK_FALSE(ordered.actors);
  ordered.endless = true; // all that goes round in circles is found in the states
  CHECK(compare::explore_version(story, ordered).result.bad() == 0);
  ordered.endless = false;
  story.small["accounts"] = 3;
  auto all = compare::explore_version(story, ordered).result;
  auto one_lock = compare::explore_version(story, story.find("one_lock")).result;
  CHECK(all.complete);
  CHECK(all.bad() == 0);
  CHECK(all.schedules > one_lock.schedules); // two transfers are under way at the same time
  CHECK(test::run(bank_transfer, "ordered_locks").found == verdict::ok);
}
