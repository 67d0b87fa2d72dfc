#include <algorithm>
#include <chrono>

#include <doctest/doctest.h>

#include "mailroom/explore/one_processor.hpp"
#include "mailroom/trace/threads.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::greetings;

TEST_CASE("greetings: all five greet once, whoever runs them, under a name the system knows") {
  test::check_good_versions(greetings, {.scale = 0.001}, {1, 3, 5});
}

TEST_CASE("greetings: threads, and actors with a thread, have the names they were given") {
  for (auto* version : {"threads", "actors"}) {
    INFO(version);
    auto result = test::run(greetings, version, {.scale = 0.001});
    CHECK(result.outcome.text("speakers") == "class function lambda member object");
  }
}

TEST_CASE("greetings: a task has the name of its worker") {
  auto result = test::run(greetings, "pool", {.workers = 1, .scale = 0.001});
  CHECK(result.outcome.text("speakers") == "greeter_0");
}

TEST_CASE("greetings: nobody is missing, speaks twice, or is unknown") {
  auto judged = [](std::int64_t all, std::int64_t different, std::int64_t visible) {
    return greetings.judge({{"greetings", all}, {"different", different}, {"visible", visible}});
  };
  CHECK(judged(5, 5, 5) == compare::verdict::ok);
  CHECK(judged(4, 4, 4) == compare::verdict::crash);
  CHECK(judged(5, 4, 5) == compare::verdict::crash);
  CHECK(judged(6, 5, 6) == compare::verdict::crash);
  CHECK(judged(5, 5, 4) == compare::verdict::crash);
}

TEST_CASE("exercise: greetings: actors that share a thread give it its name back"
          * doctest::should_fail()) {
  auto& version = greetings.find("shared_threads");
  explore::one_processor only; // so actors have one thread
  compare::context ctx{compare::complete(greetings, {.scale = 0.02})};
  auto start = std::chrono::steady_clock::now();
  auto measured = version.run(ctx);
  // One thread for all, and each keeps it for a second.
  CHECK(ctx.story_seconds(std::chrono::steady_clock::now() - start) >= 5);
  CHECK(greetings.judge(measured) == compare::verdict::ok);
  CHECK(measured.text("speakers") == "class function lambda member object");
  for (auto& t : trace::threads()) { // those of the scheduler are still there
    INFO(t.name);
    CHECK(std::count(ctx.cast().begin(), ctx.cast().end(), t.name) == 0);
  }
}
