#include <algorithm>

#include <doctest/doctest.h>

#include "mailroom/compare/exploration.hpp"
#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::text_editor;

namespace {

bool was_told(const compare::result& r, std::string_view what) {
  return std::any_of(r.events.begin(), r.events.end(), [&](auto& e) { return e.what == what; });
}

} // namespace

TEST_CASE("text_editor: no good version hangs or leaves different copies") {
  test::check_good_versions(text_editor, {.scale = 0.02}, {2});
}

TEST_CASE("text_editor.opposite_order: the deadlock is named at once, not after the limit") {
  auto result = test::run(text_editor, "opposite_order", {.scale = 1});
  CHECK(result.found == compare::verdict::deadlock);
  CHECK(result.why.find("save waits for cloud copy, held by sync") != std::string::npos);
  CHECK(result.why.find("sync waits for local copy, held by save") != std::string::npos);
  CHECK(result.seconds < 1);
}

TEST_CASE("text_editor.mutual_ask: the deadlock without a lock is found and named") {
  auto result = test::run(text_editor, "mutual_ask", {.scale = 0.5});
  CHECK(result.found == compare::verdict::deadlock);
  CHECK(result.why == "local copy waits for cloud copy; cloud copy waits for local copy");
  CHECK(result.seconds < 5);
}

TEST_CASE("text_editor.timeout: gives one back, tries later, and tells it") {
  auto result = test::run(text_editor, "timeout", {.scale = 0.5});
  CHECK(result.found == compare::verdict::ok);
  CHECK(was_told(result, "gave it back"));
  CHECK(was_told(result, "gave up") == (result.outcome.count("gave_up") > 0));
}

TEST_CASE("text_editor.hierarchy: the wrong order is refused") {
  CHECK(was_told(test::run(text_editor, "hierarchy"), "refused"));
}

TEST_CASE("text_editor: the numbers are those of the story") {
  auto result = test::run(text_editor, "ordered");
  CHECK(result.outcome.flag("saved"));
  CHECK(result.outcome.flag("synced"));
  CHECK(result.outcome.count("local") == 2);
  CHECK(result.outcome.count("cloud") == 2);
  CHECK(result.outcome.count("gave_up") == 0);
  CHECK_THROWS_AS(test::run(text_editor, "ordered", {.workers = 3}), std::invalid_argument);
}

TEST_CASE("text_editor: copies must be equal, and have what was saved") {
  auto judged = [](bool saved, std::int64_t local, std::int64_t cloud) {
    return text_editor.judge({{"saved", saved}, {"local", local}, {"cloud", cloud}});
  };
  CHECK(judged(true, 2, 2) == compare::verdict::ok);
  CHECK(judged(false, 1, 1) == compare::verdict::ok); // gave up, and said so
  CHECK(judged(true, 2, 1) == compare::verdict::torn_read);
  CHECK(judged(true, 1, 1) == compare::verdict::torn_read);
}

TEST_CASE("exercise: text_editor: who holds one copy at a time can neither deadlock nor lose a text"
          * doctest::should_fail()) {
  auto story = text_editor;
  story.judge = [](const compare::outcome& o) {
    bool done = o.flag("saved") && o.flag("synced") && o.count("local") == 2;
    return done ? text_editor.judge(o) : compare::verdict::lost_update;
  };
  auto explored = [&](std::string_view version) {
    return compare::explore_version(story, story.find(version)).result;
  };
  auto one_at_a_time = explored("one_at_a_time");
  CHECK_FALSE(story.find("one_at_a_time").actors);
  CHECK(one_at_a_time.complete);
  CHECK(one_at_a_time.bad() == 0);
  CHECK(one_at_a_time.schedules > explored("ordered").schedules); // neither waits for all of it
  CHECK_FALSE(was_told(test::run(text_editor, "one_at_a_time"), "refused"));
}
