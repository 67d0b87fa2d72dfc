#include <algorithm>

#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::chat;

TEST_CASE("chat: every version lets all hear all of the others, in order") {
  test::check_good_versions(chat, {.scale = 0.01}, {1, 2, 3, 8});
}

TEST_CASE("chat: without a pause between two lines nothing is lost either") {
  test::check_good_versions(chat, {.scale = 1e-9}, {3, 8});
}

TEST_CASE("chat: the judge sees what is missed, heard twice, or out of order, and who stays") {
  auto judged = [](std::int64_t missed, std::int64_t twice, std::int64_t out_of_order,
                   std::int64_t still_there) {
    return chat.judge({{"missed", missed},
                       {"twice", twice},
                       {"out_of_order", out_of_order},
                       {"still_there", still_there}});
  };
  CHECK(judged(0, 0, 0, 0) == compare::verdict::ok);
  CHECK(judged(1, 0, 0, 0) == compare::verdict::crash);
  CHECK(judged(0, 1, 0, 0) == compare::verdict::crash);
  CHECK(judged(0, 0, 1, 0) == compare::verdict::crash);
  CHECK(judged(0, 0, 0, 1) == compare::verdict::crash);
}

TEST_CASE("chat: three people say nine lines, and each hears six of them") {
  for (auto& version : chat.versions) {
    INFO(version.name);
    auto result = test::run(chat, version.name);
    CHECK(result.outcome.count("heard") == 3 * 6);
    CHECK(result.outcome.count("still_there") == 0);
    for (auto* who : {"Ann", "Ben", "Cid"}) {
      INFO(who);
      std::vector<std::string> does;
      for (auto& e : result.events)
        if (e.who == who && e.what.starts_with("says"))
          does.push_back(e.what);
      CHECK(does == std::vector<std::string>{"says hello", "says tea?", "says bye"});
      auto ready = std::count_if(result.events.begin(), result.events.end(), [&](auto& e) {
        return e.who == who && e.what == "has heard all";
      });
      CHECK(ready == 1);
    }
  }
}

TEST_CASE("exercise: chat: who comes late hears all, the old lines and the new ones, once"
          * doctest::should_fail()) {
  for (int people : {3, 8}) {
    INFO(people << " people");
    auto result = test::run(chat, "latecomer", {.workers = people, .scale = 0.01});
    INFO(result.why);
    CHECK(result.found == compare::verdict::ok);
    CHECK(result.outcome.count("heard") == people * (people - 1) * 3);
    auto at = [&](std::string_view who, std::string_view what) {
      return std::find_if(result.events.begin(), result.events.end(),
                          [&](auto& e) { return e.who == who && e.what == what; });
    };
    auto last = result.cast.back();
    REQUIRE(at(last, "comes in") != result.events.end());
    CHECK(at("Ann", "says bye") < at(last, "comes in"));
    CHECK(at(last, "comes in") < at(last, "says hello"));
  }
}
