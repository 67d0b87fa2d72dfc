#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "mailroom/compare/report.hpp"
#include "mailroom/compare/runner.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
using namespace mailroom::compare;
using namespace std::chrono_literals;

namespace {

/// A story whose versions do what their names say.
story tale() {
  auto nothing = [](context&) { return outcome{{"sum", std::int64_t{4}}}; };
  auto hang = [](context& ctx) {
    sync::event never{"never"};
    ctx.together({{"A", [&] { never.wait(); }}, {"B", [&] { never.wait(); }}});
    return outcome{};
  };
  auto spin = [](context& ctx) {
    ctx.together({{"A", [] {
                     for (;;)
                       sync::pause();
                   }}});
    return outcome{};
  };
  auto fail = [](context& ctx) {
    ctx.together({{"A", [] { throw std::runtime_error("out of paper"); }}, {"B", [] {}}});
    return outcome{};
  };
  auto lose = [](context&) { return outcome{{"sum", std::int64_t{3}}}; };
  return {
    .name = "tale",
    .group = "A",
    .block = "none",
    .summary = "two and two",
    .next = "",
    .workers = 2,
    .most_workers = 8,
    .explorable = false,
    .parameters = {{"apples", 2, 0, 10, "how many"}},
    .judge =
      [](const outcome& o) { return o.count("sum") == 4 ? verdict::ok : verdict::lost_update; },
    .versions = {{"good", verdict::ok, nothing},
                 {"lucky", verdict::lost_update, nothing},
                 {"loses", verdict::lost_update, lose},
                 {"wrong", verdict::ok, lose},
                 {"hangs", verdict::deadlock, hang},
                 {"spins", verdict::livelock, spin},
                 {"fails", verdict::crash, fail}}};
}

result run(const story& s, std::string_view version, settings with = {}) {
  return compare::run(s, s.find(version), with);
}

} // namespace

// -- runner -------------------------------------------------------------------------------------------------

TEST_CASE("runner: judges what ended, and names what did not end or was thrown") {
  auto s = tale();
  CHECK(run(s, "good").found == verdict::ok);
  CHECK(run(s, "loses").found == verdict::lost_update);
  auto hung = run(s, "hangs");
  CHECK(hung.found == verdict::deadlock);
  CHECK(hung.why == "A waits for never; B waits for never");
  CHECK(hung.seconds < 10);
  CHECK(run(s, "spins", {.limit = 20ms}).found == verdict::livelock);
  auto failed = run(s, "fails");
  CHECK(failed.found == verdict::crash);
  CHECK(failed.why == "out of paper");
}

TEST_CASE("runner: a bug that did not show refutes nothing, a broken promise does") {
  auto s = tale();
  CHECK_FALSE(run(s, "good").refuted());
  CHECK_FALSE(run(s, "loses").refuted());
  auto lucky = run(s, "lucky");
  CHECK_FALSE(lucky.as_expected());
  CHECK_FALSE(lucky.refuted());
  CHECK(run(s, "wrong").refuted());
}

TEST_CASE("runner: settings out of range are refused, and the message says what is right") {
  auto s = tale();
  auto message = [&](settings with) -> std::string {
    try {
      complete(s, with);
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "accepted";
  };
  CHECK(message({}) == "accepted");
  CHECK(message({.workers = 9}) == "tale takes 1 to 8 workers, not 9");
  CHECK(message({.workers = -1}) == "tale takes 1 to 8 workers, not -1");
  CHECK(message({.scale = 0}) == "the scale is more than 0 and at most 100, not 0");
  CHECK(message({.scale = 101}) == "the scale is more than 0 and at most 100, not 101");
  CHECK(message({.numbers = {{"apples", 11}}}) == "tale takes 0 to 10 apples, not 11");
  CHECK(message({.numbers = {{"pears", 1}}}) == "tale has no pears");
  s.most_workers = 2;
  CHECK(message({.workers = 1}) == "tale has a fixed cast of 2 workers, not 1");
}

TEST_CASE("runner: what is not set is the story's own") {
  auto full = complete(tale(), {});
  CHECK(full.workers == 2);
  CHECK(full.numbers.at("apples") == 2);
}

TEST_CASE("story: an unknown version is refused with those there are") {
  CHECK_THROWS_WITH_AS(
    tale().find("best"),
    "tale has no version 'best'; it has good, lucky, loses, wrong, hangs, spins, fails",
    std::out_of_range);
}

// -- context --------------------------------------------------------------------------------------------------

TEST_CASE("context: workers start together and each runs once") {
  for (int workers : {1, 2, 3, 7}) {
    context ctx{{}};
    sync::barrier everybody{workers}; // would deadlock if they came one after the other
    sync::atomic<int> runs{0};
    std::vector<worker> team;
    for (int i = 0; i < workers; ++i)
      team.push_back({"worker", [&] {
                        everybody.arrive_and_wait();
                        runs.fetch_add(1);
                      }});
    ctx.together(std::move(team));
    CHECK(runs.load() == workers);
  }
}

TEST_CASE("context: story time is scaled, there and back") {
  context ctx{{.scale = 0.1}};
  CHECK(ctx.scaled(3s) == 300ms);
  CHECK(ctx.story_seconds(300ms) == doctest::Approx(3));
  CHECK_THROWS_AS(ctx.number("apples"), std::out_of_range);
}

// -- outcome and reports ------------------------------------------------------------------------------------------

TEST_CASE("context: what can only be seen is looked at until it is so, or time is up") {
  int looks = 0;
  CHECK(context{{}}.eventually([&] { return ++looks == 3; }));
  CHECK(looks == 3);
  CHECK(!context{{.limit = 1ms}}.eventually([] { return false; }));
}

TEST_CASE("outcome: keeps order, replaces, and refuses what is not there") {
  outcome o{{"b", std::int64_t{1}}, {"a", true}};
  o.set("c", 0.5);
  o.set("b", std::int64_t{2});
  CHECK(o.count("b") == 2);
  CHECK(o.flag("a"));
  CHECK(o.number("c") == 0.5);
  CHECK(o.begin()->first == "b");
  CHECK_THROWS_AS(o.count("d"), std::out_of_range);
  CHECK_THROWS_AS(o.count("a"), std::bad_variant_access);
}

TEST_CASE("outcome: numbers are short, and large ones are whole") {
  CHECK(to_string(0.00123456) == "0.00123");
  CHECK(to_string(12.3456) == "12.3");
  CHECK(to_string(999.4) == "999");
  CHECK(to_string(999.5) == "1000");
  CHECK(to_string(-12345.6) == "-12346");
  CHECK(to_string(1.5e9) == "1.5e+09");
}

TEST_CASE("report: JSON of runs has what scripts read") {
  auto s = tale();
  auto all = nlohmann::json::parse(json({run(s, "loses", {.seed = 7}), run(s, "wrong")}));
  REQUIRE(all.size() == 2);
  auto& first = all[0];
  CHECK(first["story"] == "tale");
  CHECK(first["version"] == "loses");
  CHECK(first["expected"] == "lost_update");
  CHECK(first["verdict"] == "lost_update");
  CHECK(first["ok"] == true);
  CHECK(first["seconds"].is_number());
  CHECK(first["seed"] == 7);
  CHECK(first["outcome"]["sum"] == 3);
  CHECK(all[1]["ok"] == false);
}

TEST_CASE("report: JSON of stories has what scripts read") {
  auto s = tale();
  auto all = nlohmann::json::parse(json(std::vector<const story*>{&s}));
  CHECK(all[0]["story"] == "tale");
  CHECK(all[0]["group"] == "A");
  CHECK(all[0]["block"] == "none");
  CHECK(all[0]["summary"] == "two and two");
  CHECK(all[0]["explorable"] == false);
  CHECK(all[0]["versions"][1]["name"] == "lucky");
  CHECK(all[0]["versions"][1]["verdict"] == "lost_update");
}

TEST_CASE("report: a table says what was lucky and what is wrong") {
  auto s = tale();
  auto text = table({run(s, "good"), run(s, "lucky"), run(s, "wrong")}, false);
  CHECK(text.find("lost_update did not show this time") != std::string::npos);
  CHECK(text.find("NOT AS IT MUST BE") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}
