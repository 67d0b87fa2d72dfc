#include <doctest/doctest.h>

#include "stories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using stories::futures;

TEST_CASE("futures: every version hears of four prices and one failure") {
  test::check_good_versions(futures, {.scale = 0.001}, {1, 2, 5});
}

TEST_CASE("futures: the answers come in the order in which the shops are ready") {
  for (auto& version : futures.versions) {
    compare::settings with{.workers = 5, .scale = 0.2}; // a tenth of a second between two
    compare::context ctx{with};
    auto outcome = version.run(ctx);
    CHECK(outcome.text("cheapest") == "mill");
    auto notes = ctx.timeline().events();
    REQUIRE(notes.size() == 5);
    CHECK(notes.front().who == "kiosk");
    CHECK(notes.front().what == "closed");
    CHECK(notes.back().who == "farm");
  }
}

TEST_CASE("futures: the judge misses what is missing") {
  CHECK(futures.judge({{"prices", std::int64_t{4}},
                       {"failures", std::int64_t{0}},
                       {"cheapest", std::string("mill")}})
        == compare::verdict::crash);
}
