#include <algorithm>

#include <doctest/doctest.h>

#include "explore/random_histories.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace mailroom::test;
using explore::linearize;
using verdict = explore::linearized::verdict;

namespace {

/// The whole history as a refutation sees it: up to the impossible answer, with the answers that
/// are shown and no others.
template <class Specification>
calls_of<Specification> as_refuted(calls_of<Specification> calls, const explore::refutation& r) {
  auto end = r.calls.at(r.impossible).end;
  for (std::size_t i = 0; i < calls.size(); ++i)
    if (std::none_of(r.calls.begin(), r.calls.end(),
                     [&](auto& shown) { return shown.number == i && shown.answer; }))
      calls[i].answer.reset();
  std::erase_if(calls, [&](auto& one) { return one.begin > end; });
  return calls;
}

} // namespace

#define MAILROOM_SPECIFICATIONS                                                                    \
  register_spec, counter_spec, account_spec, map_spec, whole_map_spec, queue_spec

TEST_CASE_TEMPLATE("linearizability: it agrees with trying all orders of up to seven calls, on",
                   Specification, MAILROOM_SPECIFICATIONS) {
  auto seed = std::random_device{}(); // small histories never reach a limit: any will do
  CAPTURE(seed);
  random_source random{seed};
  Specification spec{};
  int refuted = 0;
  int histories = sanitized ? 500 : 3000;
  for (int i = 0; i < histories; ++i) {
    CAPTURE(i);
    random_shape shape{1 + below(random, 7), 1 + below(random, 3), below(random, 3) * 15,
                       below(random, 4) == 0};
    auto calls = random_history(spec, shape, random);
    auto result = linearize(spec, calls);
    bool expected = some_order_explains(spec, calls);
    REQUIRE(result.found == (expected ? verdict::yes : verdict::no));
    if (expected) {
      REQUIRE(explains(spec, calls, result.order));
    } else {
      ++refuted;
      REQUIRE(result.shortest);
      CHECK_FALSE(some_order_explains(spec, as_refuted<Specification>(calls, *result.shortest)));
      CHECK_FALSE(result.shortest->allowed.empty());
    }
  }
  CHECK(refuted > histories / 20);
  CHECK(refuted < histories - histories / 20);
}

// Long histories can, so their seeds are fixed.

TEST_CASE_TEMPLATE("linearizability: what really was is accepted, however long, on", Specification,
                   MAILROOM_SPECIFICATIONS) {
  Specification spec{};
  for (unsigned seed = 1; seed <= 10; ++seed)
    for (int overlap : {1, 2, 3})
      for (int unanswered : {0, 2}) {
        CAPTURE(seed);
        CAPTURE(overlap);
        CAPTURE(unanswered);
        random_source random{seed};
        auto calls = random_history(spec, {200, overlap, unanswered}, random);
        auto result = linearize(spec, calls);
        REQUIRE(result.found == verdict::yes);
        CHECK(explains(spec, calls, result.order));
      }
}

TEST_CASE("linearizability: key by key and as a whole it is the same") {
  int refuted = 0;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    random_source random{seed};
    auto calls = random_history(map_spec{}, {40, 2, 0}, random);
    if (seed % 2 == 0) // perhaps wrong now
      calls[static_cast<std::size_t>(below(random, 40))].answer.emplace(below(random, 3));
    auto by_key = linearize(map_spec{}, calls);
    auto as_whole = linearize(whole_map_spec{}, calls);
    CHECK(by_key.found != verdict::gave_up);
    CHECK(by_key.found == as_whole.found);
    refuted += by_key.found == verdict::no ? 1 : 0;
  }
  CHECK(refuted > 20);
  CHECK(refuted <= 50);
}
