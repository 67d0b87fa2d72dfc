#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>
#include <unistd.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::chat;

namespace {

/// The versions that need this process only: the other one takes its time to start some more.
compare::story in_one_process() {
  auto story = chat;
  std::erase_if(story.versions, [](auto& v) { return v.name == "processes"; });
  return story;
}

/// Returns the child of this process that has that name; 0 if there is none. Without a name, any.
int child_called(const std::string& name) {
  for (auto& place : std::filesystem::directory_iterator{"/proc"}) {
    std::ifstream file{place.path() / "stat"};
    int process = 0, parent = 0;
    std::string called, state;
    file >> process >> called >> state >> parent; // no name here has a space in it
    if (file && parent == getpid() && (name.empty() || called == "(" + name + ")"))
      return process;
  }
  return 0;
}

bool does(const std::vector<trace::event>& events, std::string_view who, std::string_view what) {
  return std::any_of(events.begin(), events.end(),
                     [&](auto& e) { return e.who == who && e.what == what; });
}

} // namespace

TEST_CASE("chat: every version lets all hear all of the others, in order") {
  test::check_good_versions(in_one_process(), {.scale = 0.01}, {1, 2, 3, 8});
}

TEST_CASE("chat: without a pause between two lines nothing is lost either") {
  test::check_good_versions(in_one_process(), {.scale = 1e-9}, {3, 8});
}

TEST_CASE("chat.processes: all hear all of the others, in order, and no process is left") {
  for (auto [people, scale] : {std::pair{1, 0.01}, {2, 0.01}, {8, 0.01}, {8, 1e-9}}) {
    INFO(people << " people, scale " << scale);
    auto result = test::run(chat, "processes", {.workers = people, .scale = scale});
    INFO("why: " << result.why);
    CHECK(to_string(result.found) == to_string(compare::verdict::ok));
    CHECK(result.outcome.count("heard") == people * (people - 1) * 3);
    CHECK(child_called("") == 0);
  }
}

TEST_CASE("chat.processes: whose process is killed says no more, and the others go on") {
  auto story = chat;
  auto& version = *std::find_if(story.versions.begin(), story.versions.end(),
                                [](auto& v) { return v.name == "processes"; });
  int victim = 0;
  version.run = [&, run = version.run](compare::context& ctx) {
    std::jthread killer{[&] {
      if (ctx.eventually([&] { return does(ctx.timeline().events(), "Ben", "says hello"); }))
        victim = child_called("Ben_0");
      if (victim != 0)
        kill(victim, SIGKILL);
    }};
    return run(ctx);
  };
  auto result = compare::run(story, version, {.scale = 8});
  CHECK(victim != 0);
  CHECK(result.found == compare::verdict::crash);
  CHECK(result.why.find("the process of Ben_0") != std::string::npos);
  CHECK(result.why.find("signal 9 (Killed)") != std::string::npos);
  CHECK_FALSE(does(result.events, "Ben", "says bye"));
  for (auto* who : {"Ann", "Cid"}) {
    CHECK(does(result.events, who, "says bye"));
    CHECK(does(result.events, who, "has heard all"));
  }
  CHECK(child_called("") == 0);
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
