#include <algorithm>

#include <doctest/doctest.h>

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
