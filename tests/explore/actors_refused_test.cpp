#include "mailroom/explore/actors.hpp"

#include <iostream>
#include <sstream>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "explore/actor_scenarios.hpp"

namespace ex = mailroom::explore;
using namespace mailroom;
using namespace mailroom::test;

namespace {

std::string refusal(const scenario& s) {
  try {
    ex::actors(s);
  } catch (const ex::refused& e) {
    return e.what();
  }
  return "accepted";
}

/// An actor that does something when it gets its only message.
template <class Errand>
scenario doing(Errand errand) {
  return [errand](ex::stage& s) {
    auto counter = s.spawn("counter", [](caf::event_based_actor*) -> caf::behavior {
      return {[](inc_atom) {}, [](get_atom) { return 1; }};
    });
    auto boss =
      s.spawn("boss", [&s, errand, counter](caf::event_based_actor* self) -> caf::behavior {
        return {[&s, self, errand, counter](go_atom) { errand(s, self, counter); }};
      });
    caf::anon_send(boss, go_atom_v);
  };
}

const std::string own_actor = "boss makes an actor of its own, which nobody can control: spawn all "
                              "of them on the stage, and none with a thread of its own";

} // namespace

TEST_CASE("explore actors: an actor that another one spawns is refused") {
  CHECK(refusal(doing([](auto&, auto* self, auto& counter) {
          auto helper = self->spawn([counter](caf::event_based_actor* me) -> caf::behavior {
            return {[=](go_atom) { me->send(counter, inc_atom_v); }};
          });
          self->send(helper, go_atom_v);
        }))
        == own_actor);
}

TEST_CASE(
  "explore actors: two that nobody controls may talk for ever, it is refused all the same") {
  auto talker = [](caf::event_based_actor* self) -> caf::behavior {
    return {
      [self](go_atom, const caf::actor& other) { self->send(other, go_atom_v, caf::actor{self}); }};
  };
  CHECK(refusal(doing([talker](auto&, auto* self, auto&) {
          self->send(self->spawn(talker), go_atom_v, self->spawn(talker));
        }))
        == own_actor);
}

TEST_CASE("explore actors: a detached actor is refused, even one that never ends") {
  CHECK(refusal(doing([](auto&, auto* self, auto& counter) {
          auto worker = self->template spawn<caf::detached>(
            [counter](caf::event_based_actor* me) -> caf::behavior {
              me->send(counter, inc_atom_v);
              return {[](go_atom) {}};
            });
          worker->attach_functor([worker] {}); // keeps itself
        }))
        == own_actor);
}

TEST_CASE("explore actors: a blocking actor is refused, on the stage and elsewhere") {
  CHECK(refusal([](ex::stage& s) { s.spawn("reader", [](caf::blocking_actor*) {}); })
        == "reader is an actor that blocks, on a thread of its own");
  CHECK(refusal(doing([](auto&, auto* self, auto& counter) {
          self->spawn([counter](caf::blocking_actor* me) { me->send(counter, inc_atom_v); });
        }))
        == own_actor);
}

TEST_CASE("explore actors: a scoped actor is refused before it waits for ever") {
  CHECK(
    refusal(doing([](auto&, auto* self, auto& counter) {
      caf::scoped_actor me{self->home_system()};
      me->request(counter, caf::infinite, get_atom_v).receive([](int) {}, [](const caf::error&) {});
    }))
    == own_actor);
}

TEST_CASE("explore actors: messages from a thread are refused") {
  CHECK(refusal(doing([](auto&, auto*, auto& counter) {
          std::thread{[&counter] { caf::anon_send(counter, inc_atom_v); }}.join();
        }))
        == "a message comes from another thread");
}

TEST_CASE("explore actors: the stage is closed once messages are on their way") {
  CHECK(refusal(doing(
          [](auto& stage, auto*, auto&) { stage.spawn("late", [](caf::event_based_actor*) {}); }))
        == "late is spawned by a handler: spawn all actors in the scenario itself");
}

TEST_CASE("explore actors: there are letters for 26 of them") {
  auto crowd = [](int n) {
    return [n](ex::stage& s) {
      for (int i = 0; i < n; ++i)
        s.spawn("one of many", [](caf::event_based_actor*) {});
    };
  };
  CHECK(refusal(crowd(26)) == "accepted");
  CHECK(refusal(crowd(27)) == "more than 26 actors");
}

TEST_CASE("explore actors: a scenario that depends on chance is refused") {
  int run = 0;
  CHECK(refusal([&run](ex::stage& s) {
          auto c = s.spawn(
            "cell", [](caf::event_based_actor*) -> caf::behavior { return {[](inc_atom) {}}; });
          for (int i = 0; i < 2 + run % 2; ++i)
            s.spawn("client", [c](caf::event_based_actor* self) { self->send(c, inc_atom_v); });
          ++run;
        }).starts_with("the scenario does not do the same each time"));
}

TEST_CASE("explore actors: what CAF prints is not printed in each execution") {
  std::ostringstream printed;
  auto* console = std::cout.rdbuf(printed.rdbuf());
  ex::actors(doing([](auto&, auto* self, auto& counter) {
    self->monitor(counter); // without a handler: CAF prints what comes
    self->send_exit(counter, caf::exit_reason::user_shutdown);
  }));
  std::cout.rdbuf(console);
  CHECK(printed.str().empty());
}
