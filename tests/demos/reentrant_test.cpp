#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::reentrant;

namespace {

compare::exploration explored(std::string_view version) {
  return compare::explore_version(reentrant, reentrant.find(version));
}

} // namespace

TEST_CASE("reentrant: good versions visit all folders, 2 or 100 deep") {
  for (std::int64_t depth : {1, 2, 100})
    test::check_good_versions(reentrant, {.scale = 0.01, .numbers = {{"depth", depth}}});
}

TEST_CASE("reentrant.plain: who waits for itself is named, 2 or 100 deep, with others or alone") {
  for (std::int64_t depth : {2, 100}) {
    auto result =
      test::run(reentrant, "plain", {.workers = 1, .scale = 0.01, .numbers = {{"depth", depth}}});
    CHECK(result.found == verdict::deadlock);
    CHECK(result.why == "walker 1 waits for archive, held by walker 1");
  }
  auto why = test::run(reentrant, "plain").why;
  bool first = why == "walker 1 waits for archive, held by walker 1";
  bool second = why == "walker 2 waits for archive, held by walker 2";
  CHECK((first || second));
}

TEST_CASE("reentrant.self_ask: an actor that waits for itself is told, 2 or 100 deep") {
  for (std::int64_t depth : {2, 100}) {
    auto result = test::run(reentrant, "self_ask", {.scale = 0.1, .numbers = {{"depth", depth}}});
    CHECK(result.found == verdict::deadlock);
    CHECK(result.why == "archive waits for a reply of archive");
  }
}

TEST_CASE("reentrant: without a folder in the folder, nothing goes wrong") {
  for (auto& v : reentrant.versions) {
    CAPTURE(v.name);
    auto result = test::run(reentrant, v.name, {.scale = 0.1, .numbers = {{"depth", 1}}});
    CHECK(result.found == verdict::ok);
    CHECK(result.outcome.count("visits") == 2);
  }
}

TEST_CASE("reentrant: every order of the bad versions is a deadlock, and says who waits for whom") {
  for (auto* version : {"plain", "self_ask"}) {
    auto e = explored(version);
    CHECK(e.result.complete);
    CHECK(e.result.bad() == e.result.schedules);
    CHECK(e.worst() == verdict::deadlock);
  }
  CHECK(explored("self_ask").result.simplest.why.find("archive waits for a reply of archive")
        != std::string::npos);
}

TEST_CASE("reentrant: the visits that are due, no less and no more") {
  auto judged = [](std::int64_t visits) {
    return reentrant.judge({{"visits", visits}, {"due", 4}});
  };
  CHECK(judged(4) == verdict::ok);
  CHECK(judged(3) == verdict::lost_update);
  CHECK(judged(5) == verdict::lost_update);
}

TEST_CASE("exercise: reentrant: who does not await the answer lets others in between two folders"
          * doctest::should_fail()) {
  auto at_most_one = [](const compare::outcome& o) {
    return o.count("at_once") == 1 ? reentrant.judge(o) : verdict::overtaken;
  };
  CHECK(explored("self_ask_then").result.complete);
  CHECK(explored("self_ask_then").result.bad() == 0);
  auto story = reentrant;
  story.judge = at_most_one;
  auto e = compare::explore_version(story, story.find("self_ask_then"));
  CHECK(e.worst() == verdict::overtaken);
  CHECK(e.result.bad() < e.result.schedules);
  CHECK(
    compare::run(story, story.find("self_ask_then"), {.workers = 1, .numbers = {{"depth", 100}}})
      .found
    == verdict::ok);
}
