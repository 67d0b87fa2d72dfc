#include <chrono>
#include <memory>
#include <semaphore>
#include <thread>

#include <doctest/doctest.h>

#include "explore/scenarios.hpp"
#include "mailroom/explore/threads.hpp"

using namespace mailroom;
using namespace mailroom::explore;
using namespace mailroom::scenarios;

// What an exploration cannot control or repeat, it must not judge.

namespace {

std::string refusal(const std::function<void()>& scenario, const options& o = {}) {
  try {
    threads(scenario, o);
  } catch (const refused& e) {
    return e.what();
  }
  return "explored";
}

} // namespace

TEST_CASE("refused: a scenario that does not do the same each time") {
  int runs = 0;
  CHECK(refusal([&] {
          sync::shared<int> n{0, "n"};
          sync::mutex mutex{"mutex"};
          bool odd = ++runs % 2 == 1;
          auto use = [&] {
            if (odd)
              n = 1;
            else
              std::lock_guard lock{mutex};
          };
          sync::thread a{"A", use}, b{"B", use};
        })
        == "the scenario does not do the same each time: after 0 steps, '', others could move than "
           "before");
}

TEST_CASE("refused: a scenario that ends earlier than before") {
  int runs = 0;
  CHECK(
    refusal([&] {
      sync::shared<int> n{0, "n"};
      if (++runs > 1)
        return;
      sync::thread a{"A", [&] { n = 1; }}, b{"B", [&] { n = 2; }};
    })
    == "the scenario does not do the same each time: it ended after 0 steps where it had gone on "
       "before");
}

TEST_CASE("refused: a thread that is none of the scenario's") {
  CHECK(refusal([] {
          sync::shared<int> n{0, "n"};
          std::thread{[&] { n = 1; }}.join();
        })
        == "a thread that is not a sync::thread of the scenario uses 'n'");
  CHECK(refusal([] {
          sync::mutex mutex{"mutex"};
          std::thread{[&] { std::lock_guard lock{mutex}; }}.join();
        })
        == "a thread that is not a sync::thread of the scenario uses 'mutex'");
  CHECK(refusal([] {
          sync::condition_variable changed{"changed"};
          std::thread{[&] { changed.notify_all(); }}.join();
        })
        == "a thread that is not a sync::thread of the scenario uses 'changed'");
}

TEST_CASE("refused: what was made outside of the scenario") {
  sync::shared<int> n{0, "n"};
  sync::mutex mutex{"mutex"};
  sync::event event{"event"};
  CHECK(refusal([&] { n = 1; }) == "the scenario uses 'n', which was made outside of it");
  CHECK(refusal([&] { std::lock_guard lock{mutex}; })
        == "the scenario uses 'mutex', which was made outside of it");
  CHECK(refusal([&] { event.set(); }) == "the scenario uses 'event', which was made outside of it");
}

TEST_CASE("refused: what outlives the scenario, and stays an ordinary object") {
  std::unique_ptr<sync::mutex> left;
  CHECK(refusal([&] { left = std::make_unique<sync::mutex>("left over"); })
        == "'left over' outlives the scenario: is it static?");
  REQUIRE(left);
  CHECK(left->try_lock());
  left->unlock();
}

TEST_CASE("refused: a thread that waits where no exploration sees it") {
  // Leaves its threads behind, so what they use has to stay, too.
  static std::binary_semaphore never{0};
  CHECK(refusal([] { never.acquire(); }, {.patience = std::chrono::milliseconds{50}})
        == "a thread did not come to its next step: it loops, sleeps, or waits for something that "
           "is not of mailroom::sync");
  never.release();
}

TEST_CASE("refused: more threads than letters") {
  CHECK(refusal([] {
          std::vector<sync::thread> all;
          for (int i = 0; i < 27; ++i)
            all.emplace_back("one of many", [] {});
        })
        == "more than 26 threads");
}

TEST_CASE("refused: an exploration after a refusal is as good as ever") {
  sync::shared<int> n{0, "n"};
  CHECK_THROWS_AS(threads([&] { n = 1; }), refused);
  CHECK(threads(racy_counter(2, 1)).bad() == 4);
}

TEST_CASE("explore: two explorations at a time do not disturb each other") {
  std::uint64_t other = 0;
  std::thread second{[&] { other = threads(philosophers(3)).schedules; }};
  auto first = threads(racy_counter(3, 1)).schedules;
  second.join();
  CHECK(first == 90);
  CHECK(other == 168);
}
