#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::deadlock_watch;

namespace {

using lines = std::vector<std::string>;

/// Splits "A waits for x; B waits for y" into what it says of each, in an order of its own.
lines sentences(const std::string& text) {
  lines all;
  for (std::size_t begin = 0; begin <= text.size();) {
    auto end = std::min(text.find("; ", begin), text.size());
    all.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  std::sort(all.begin(), all.end());
  return all;
}

/// What must be told of guests who all have the fork at their left.
lines all_around(int guests) {
  lines all;
  for (int i = 1; i <= guests; ++i) {
    auto next = std::to_string(i % guests + 1);
    all.push_back("guest " + std::to_string(i) + " waits for fork " + next + ", held by guest "
                  + next);
  }
  std::sort(all.begin(), all.end());
  return all;
}

compare::exploration explored(std::string_view version) {
  return compare::explore_version(deadlock_watch, deadlock_watch.find(version));
}

std::string bad_of(const compare::exploration& e) {
  CHECK(e.result.complete);
  return std::to_string(e.result.bad()) + " of " + std::to_string(e.result.schedules);
}

} // namespace

TEST_CASE("deadlock_watch: in good versions, everybody gets both") {
  test::check_good_versions(deadlock_watch, {.scale = 0.01});
}

TEST_CASE("deadlock_watch: what is told of a deadlock is the ring that was built") {
  auto named = [](std::string_view version) {
    auto result = test::run(deadlock_watch, version, {.scale = 1});
    CHECK(result.found == verdict::deadlock);
    CHECK(result.outcome.count("done") == 0);
    return sentences(result.outcome.text("named"));
  };
  CHECK(named("two_locks")
        == lines{"Ann waits for paper, held by Bob", "Bob waits for pen, held by Ann"});
  CHECK(named("three_locks")
        == lines{"Ann waits for ink, held by Bob", "Bob waits for paper, held by Cem",
                 "Cem waits for pen, held by Ann"});
  CHECK(named("philosophers") == all_around(5));
}

TEST_CASE("deadlock_watch: a larger ring is told as well, and long before the limit") {
  auto result = test::run(deadlock_watch, "philosophers", {.workers = 12, .scale = 1});
  CHECK(result.found == verdict::deadlock);
  CHECK(sentences(result.outcome.text("named")) == all_around(12));
  CHECK(result.seconds < 30);
}

TEST_CASE("deadlock_watch: explored, two and three locks and philosophers are those of the books") {
  CHECK(bad_of(explored("two_locks")) == "2 of 6");
  CHECK(bad_of(explored("three_locks")) == "6 of 168");
  auto philosophers = explored("philosophers");
  CHECK(bad_of(philosophers) == "6 of 168");
  CHECK(
    philosophers.result.simplest.why
    == "guest 1 waits to lock fork 2; guest 2 waits to lock fork 3; guest 3 waits to lock fork 1");
  CHECK(explored("ordered_philosophers").result.bad() == 0);
  CHECK(explored("arbiter").result.bad() == 0);
}

TEST_CASE("deadlock_watch: a deadlock with a wrong name is no deadlock that was told") {
  auto judged = [](std::int64_t done, bool deadlock, bool is_the_ring) {
    return deadlock_watch.judge(
      {{"done", done}, {"of", 2}, {"deadlock", deadlock}, {"is_the_ring", is_the_ring}});
  };
  CHECK(judged(2, false, false) == verdict::ok);
  CHECK(judged(1, false, false) == verdict::crash);
  CHECK(judged(0, true, true) == verdict::deadlock);
  CHECK(judged(0, true, false) == verdict::crash);
  CHECK(judged(1, true, true) == verdict::crash); // who is through does not wait
}

TEST_CASE("exercise: deadlock_watch: while one seat is free, all may begin at the left"
          * doctest::should_fail()) {
  auto result = test::run(deadlock_watch, "all_but_one", {.scale = 1});
  CHECK(result.found == verdict::ok);
  lines who;
  std::map<std::string, std::string> first;
  for (auto& e : result.events)
    if (e.what.starts_with("has")) {
      who.push_back(e.who);
      first.emplace(e.who, e.what);
    }
  REQUIRE(first.size() == 5);
  for (auto& [guest, what] : first)
    CHECK(what == "has fork " + guest.substr(guest.size() - 1)); // its own, unlike in order
  CHECK(who[0] != who[1]);                                       // they sit there together
  auto e = compare::explore_version(deadlock_watch, deadlock_watch.find("all_but_one"),
                                    {.strategy = explore::strategy::sleep_sets});
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
}
