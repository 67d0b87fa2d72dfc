#include <algorithm>
#include <cerrno>

#include <doctest/doctest.h>
#include <sys/wait.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using compare::verdict;
using stories::processes;

namespace {

compare::settings quick() {
  return {.scale = 0.001, .numbers = {{"additions", 100}}};
}

/// What of a run does not depend on the machine.
struct counts {
  std::int64_t here;
  std::int64_t there;
  std::int64_t processes;
  std::int64_t survived;
  std::int64_t lost;
};

/// What is said of three workers that have added 100 each.
verdict judged(const counts& c) {
  return processes.judge({{"added", std::int64_t{300}},
                          {"here", c.here},
                          {"there", c.there},
                          {"processes", c.processes},
                          {"survived", c.survived},
                          {"lost", c.lost}});
}

void check_counts(const char* version, const counts& expected) {
  CAPTURE(version);
  auto with = quick();
  with.workers = 3;
  auto o = test::run(processes, version, with).outcome;
  CHECK(o.count("added") == 300);
  CHECK(o.count("here") == expected.here);
  CHECK(o.count("there") == expected.there);
  CHECK(o.count("processes") == expected.processes);
  CHECK(o.count("survived") == expected.survived);
  CHECK(o.count("lost") == expected.lost);
}

} // namespace

TEST_CASE("processes: each version keeps its sums, and loses to a crash what is in one process") {
  test::check_good_versions(processes, quick(), {1, 4});
}

TEST_CASE("processes: threads and actors share a process, and processes share nothing") {
  check_counts("thread", {.here = 300, .there = 300, .processes = 0, .survived = 0, .lost = 3});
  check_counts("actor", {.here = 300, .there = 300, .processes = 0, .survived = 0, .lost = 3});
  check_counts("process", {.here = 0, .there = 100, .processes = 3, .survived = 2, .lost = 1});
}

TEST_CASE("processes: in one process all is added to one number, and all are lost") {
  CHECK(judged({300, 300, 0, 0, 3}) == verdict::ok);
  CHECK(judged({299, 299, 0, 0, 3}) == verdict::lost_update);
  CHECK(judged({0, 300, 0, 0, 3}) == verdict::lost_update);
  CHECK(judged({300, 100, 0, 0, 3}) == verdict::lost_update);
  CHECK(judged({300, 300, 0, 2, 1}) == verdict::crash);
}

TEST_CASE("processes: with a process each, nothing comes here, and one is lost") {
  CHECK(judged({0, 100, 3, 2, 1}) == verdict::ok);
  CHECK(judged({100, 100, 3, 2, 1}) == verdict::lost_update);
  CHECK(judged({300, 300, 3, 2, 1}) == verdict::lost_update);
  CHECK(judged({0, 99, 3, 2, 1}) == verdict::lost_update);
  CHECK(judged({0, 200, 3, 2, 1}) == verdict::lost_update);
  CHECK(judged({0, 100, 3, 0, 3}) == verdict::crash);
  CHECK(judged({0, 100, 3, 3, 0}) == verdict::crash);
}

TEST_CASE("processes: everything has its price") {
  for (auto& version : processes.versions) {
    CAPTURE(version.name);
    auto o = test::run(processes, version.name, quick()).outcome;
    CHECK(o.number("create_us") > 0);
    CHECK(o.number("switch_us") > 0);
    CHECK(o.number("message_us") > 0);
    if (!test::sanitized) // whose memory comes and goes as it likes
      CHECK(o.number("memory_kib") > 0);
  }
}

TEST_CASE("processes: a process takes more than a thread, and a thread more than an actor"
          * doctest::skip(test::sanitized)) {
  auto with = quick();
  with.scale = 0.1;
  std::vector<compare::outcome> of;
  auto less = [&](const char* what) {
    return of[1].number(what) < of[0].number(what) && of[0].number(what) < of[2].number(what);
  };
  // A busy machine may hold up any of them.
  for (int chances = 10; chances > 0; --chances) {
    of.clear();
    for (auto& version : processes.versions)
      of.push_back(test::run(processes, version.name, with).outcome);
    if (less("create_us") && less("memory_kib"))
      break;
  }
  CHECK(less("create_us"));
  CHECK(less("memory_kib"));
}

TEST_CASE("processes: what is told of the crash is told of whom it took") {
  auto with = quick();
  for (auto [version, killed] : {std::pair{"thread", 3}, {"actor", 3}, {"process", 1}}) {
    CAPTURE(version);
    auto events = test::run(processes, version, with).events;
    auto all =
      std::count_if(events.begin(), events.end(), [](auto& e) { return e.what == "SIGABRT"; });
    CHECK(all == killed);
  }
}

TEST_CASE("processes: when a run has ended, so have its processes") {
  for (auto& version : processes.versions) {
    CAPTURE(version.name);
    test::run(processes, version.name, quick());
    CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
  }
}

TEST_CASE("exercise: processes: threads of one other process share a number, and are lost together"
          * doctest::should_fail()) {
  check_counts("sandbox", {.here = 0, .there = 300, .processes = 1, .survived = 0, .lost = 3});
  CHECK(test::run(processes, "sandbox", quick()).found == verdict::ok);
}
