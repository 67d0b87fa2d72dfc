#include "mailroom/explore/actors.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "explore/actor_scenarios.hpp"

namespace ex = mailroom::explore;
using namespace mailroom;
using namespace mailroom::test;
using ex::ending;

TEST_CASE("explore actors: the simplest schedule does the same again") {
  for (auto overtaking : {ex::node, ex::network}) {
    ex::options o{.semantics = overtaking};
    auto r = ex::actors(getting_and_putting(3, 1), o);
    REQUIRE(r.bad() > 0);
    auto again = ex::replay(getting_and_putting(3, 1), r.simplest.replay, o);
    CHECK(again.end == r.simplest.end);
    CHECK(again.why == r.simplest.why);
    CHECK(told(again) == told(r.simplest));
  }
}

TEST_CASE("explore actors: letters are those of the sender, on a network those of both") {
  CHECK(ex::replay(getting_and_putting(2, 1), "BACABC").why == "an update was lost");
  CHECK(ex::replay(getting_and_putting(2, 1), "BABCAC").end == ending::fine);
  CHECK(ex::replay(getting_and_putting(2, 1), "BACAABACBACA", {.semantics = ex::network}).why
        == "an update was lost");
}

TEST_CASE(
  "explore actors: a schedule that does not fit is refused at the step where it does not fit") {
  auto message = [](std::string_view schedule, ex::semantics s) -> std::string {
    try {
      ex::replay(getting_and_putting(2, 1), schedule, {.semantics = s});
    } catch (const ex::schedule_error& e) {
      return e.what();
    }
    return "accepted";
  };
  CHECK(message("A", ex::node) == "step 1 of 'A' does not fit: only B, C can move there");
  CHECK(message("BBA", ex::node) == "step 2 of 'BBA' does not fit: only A, C can move there");
  CHECK(message("BABCACC", ex::node) == "step 7 of 'BABCACC' does not fit: the run is over");
  CHECK(message("BABC", ex::node) == "accepted");
  CHECK(message("BAAC", ex::network)
        == "step 2 of 'BAAC' does not fit: only AB, CA can move there");
}

TEST_CASE("explore actors: messages are told in words") {
  auto run = ex::replay(
    [](ex::stage& s) {
      auto cell = s.spawn("cell", [](caf::event_based_actor* self) -> caf::behavior {
        return {[](put_atom, int, const std::string&) {},
                [self](const caf::actor& other) { self->link_to(other); },
                [](get_atom) -> caf::result<int> { return caf::sec::unexpected_message; },
                caf::after(std::chrono::seconds{1}) >> [self] { self->quit(); }};
      });
      auto alice = s.spawn("alice", [cell](caf::event_based_actor* self) -> caf::behavior {
        self->request(cell, caf::infinite, put_atom_v, 3, "apples").then([] {}, [](caf::error&) {});
        self->request(cell, caf::infinite, get_atom_v).then([](int) {}, [](caf::error&) {});
        self->set_exit_handler([](caf::exit_msg&) {});
        return {[](go_atom) {}};
      });
      caf::anon_send(cell, alice);
    },
    "BABAst");
  CHECK(run.end == ending::fine);
  CHECK(told(run)
        == "cell: put 3 \"apples\" from alice\nalice: reply from cell\ncell: get from alice\n"
           "alice: error unexpected_message from cell\ncell: alice from scenario\n"
           "cell: timeout from clock\nalice: exit cell normal from cell\n");
}
