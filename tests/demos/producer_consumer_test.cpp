#include <algorithm>

#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::producer_consumer;

namespace {

verdict judged(int consumed_once, int out_of_order, int most_inside) {
  return producer_consumer.judge({{"items", std::int64_t{10}},
                                  {"consumed_once", std::int64_t{consumed_once}},
                                  {"out_of_order", std::int64_t{out_of_order}},
                                  {"most_inside", std::int64_t{most_inside}},
                                  {"capacity", std::int64_t{2}}});
}

} // namespace

TEST_CASE("producer_consumer: in good versions all items come out once, in order") {
  test::check_good_versions(producer_consumer, {.scale = 0.01});
  for (std::int64_t capacity : {1, 3, 30})
    test::check_good_versions(
      producer_consumer, {.scale = 0.01, .numbers = {{"items", 20}, {"capacity", capacity}}}, {3});
}

TEST_CASE("producer_consumer: consumers who come late find the buffer full, and not fuller") {
  for (auto* version : {"locked", "actor"}) {
    CAPTURE(version);
    auto result = test::run(producer_consumer, version,
                            {.scale = 0.01, .numbers = {{"items", 20}, {"capacity", 7}}});
    CHECK(result.outcome.count("consumed_once") == 40);
    CHECK(result.outcome.count("most_inside") <= 7);
  }
}

TEST_CASE("producer_consumer: each way to be wrong has its verdict") {
  CHECK(judged(10, 0, 2) == verdict::ok);
  CHECK(judged(9, 0, 2) == verdict::lost_update);
  CHECK(judged(10, 1, 2) == verdict::overtaken);
  CHECK(judged(10, 0, 3) == verdict::overdraft);
}

TEST_CASE("producer_consumer: in how many schedules each version fails") {
  auto counted = [](std::string_view version) {
    auto e = compare::explore_version(producer_consumer, producer_consumer.find(version));
    CHECK(e.result.complete);
    return std::to_string(e.result.bad()) + " of " + std::to_string(e.result.schedules);
  };
  CHECK(counted("one_condition") == "8 of 80");
  CHECK(counted("locked") == "0 of 64");
  CHECK(counted("actor") == "0 of 2724");
}

TEST_CASE("producer_consumer.one_condition: in a deadlock each kind waits for the other one") {
  auto e = compare::explore_version(producer_consumer, producer_consumer.find("one_condition"));
  CHECK(e.worst() == verdict::deadlock);
  CHECK(e.result.simplest.why.find("producer") != std::string::npos);
  CHECK(e.result.simplest.why.find("consumer") != std::string::npos);
}

TEST_CASE("exercise: producer_consumer: who wakes everybody wakes some in vain"
          * doctest::should_fail()) {
  auto story = producer_consumer;
  std::int64_t most = 0;
  story.judge = [&most](const compare::outcome& o) {
    most = std::max(most, o.count("in_vain"));
    return producer_consumer.judge(o);
  };
  auto& notify_all = story.find("notify_all");
  CHECK(compare::run(story, notify_all, {.scale = 0.02}).found == verdict::ok);
  most = 0;
  auto e = compare::explore_version(story, notify_all);
  CHECK(e.result.complete);
  CHECK(e.result.bad() == 0);
  CHECK(most >= 2); // `locked` counts 1: who was woken for an item may find it taken
}
