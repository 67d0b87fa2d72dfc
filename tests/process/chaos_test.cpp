#include <csignal>
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include "mailroom/process/process_pool_executor.hpp"
#include "process/tasks.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Processes that are killed at random, under load.

namespace {

struct outcomes {
  int results = 0;
  int lost = 0;
};

/// Runs tasks while somebody kills a process now and then.
outcomes under_fire(int tasks, bool idempotent, int most_attempts) {
  std::mt19937 random{std::random_device{}()};
  auto seed = random();
  MESSAGE("seed ", seed);
  random.seed(seed);
  process_pool_executor pool{{.max_workers = 3, .most_attempts = most_attempts}};
  int killed = 0;
  std::jthread killer{[&](const std::stop_token& stop) {
    sync::event never_set;
    while (!stop.stop_requested()) {
      never_set.wait_for(sanitized ? 250ms : 25ms); // they start ten times as slowly
      auto all = pool.processes();
      if (!all.empty() && kill(all[random() % all.size()], SIGKILL) == 0)
        ++killed;
    }
  }};
  std::vector<future<int>> all;
  for (int i = 0; i < tasks; ++i)
    all.push_back(pool.submit(
      task_options{.idempotent = idempotent},
      [](int n) {
        volatile unsigned spin = 0;
        for (unsigned k = 0; k < 200'000; ++k)
          spin = spin + k;
        return n;
      },
      i));
  outcomes seen;
  for (int i = 0; i < tasks; ++i) {
    auto& f = all[static_cast<std::size_t>(i)];
    REQUIRE(f.wait_for(60s));
    if (!f.exception()) {
      REQUIRE(f.get() == i);
      ++seen.results;
    } else {
      CHECK_THROWS_AS(f.get(), worker_lost);
      ++seen.lost;
    }
  }
  killer.request_stop();
  killer.join();
  MESSAGE(seen.results, " results, ", seen.lost, " lost, ", killed, " processes killed");
  CHECK(killed > 0);
  return seen;
}

constexpr int shots = sanitized ? 10'000 : 20'000;

} // namespace

TEST_CASE("chaos: idempotent tasks all have results, each one") {
  auto seen = under_fire(shots, true, 100);
  CHECK(seen.results == shots);
}

TEST_CASE("chaos: others are done or lost, and none is forgotten") {
  auto seen = under_fire(shots, false, 3);
  CHECK(seen.results + seen.lost == shots);
  CHECK(seen.lost > 0);
}
