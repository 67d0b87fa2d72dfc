#include <doctest/doctest.h>

#include "actors/resource_pair/actor.hpp"
#include "actors/resource_pair/all_at_once.hpp"
#include "actors/resource_pair/hierarchy.hpp"
#include "actors/resource_pair/mutual_ask.hpp"
#include "actors/resource_pair/opposite_order.hpp"
#include "actors/resource_pair/ordered.hpp"
#include "actors/resource_pair/reserving_actors.hpp"
#include "actors/resource_pair/timeout.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/replay.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/event.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

using ending = explore::replayed::ending;

/// One saves revision 2, one syncs; both copies must end with it.
template <class Documents>
void save_and_sync() {
  Documents copies;
  {
    sync::thread a{"save", [&] { copies.save(2); }};
    sync::thread b{"sync", [&] { copies.sync(); }};
  }
  explore::ensure(copies.local() == 2 && copies.cloud() == 2, "the copies differ");
}

/// Sends one message and keeps the answers, in order of arrival.
template <class Answer, class Handle, class... Content>
void client(mailroom::system& sys, std::vector<Answer>& answers, const Handle& target,
            Content... content) {
  sys.spawn([=, &answers](caf::event_based_actor* self) {
    self->request(target, caf::infinite, content...).then([&answers](Answer a) {
      answers.push_back(a);
    });
  });
}

/// Lets the time of a system with manual scheduling run up to the next point where it matters.
void let_time_pass(mailroom::system& sys) {
  dynamic_cast<caf::scheduler::test_coordinator&>(sys.caf().scheduler()).trigger_timeouts();
  sys.run_all();
}

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("resource_pair.opposite_order: each takes its first lock, and nobody gets a second") {
  for (auto schedule : {"AB", "BA"}) {
    auto run = explore::replay(save_and_sync<opposite_order::documents>, schedule);
    CHECK(run.end == ending::deadlock);
    CHECK(run.why == "save waits to lock cloud copy; sync waits to lock local copy");
  }
}

TEST_CASE("resource_pair.opposite_order: one after the other, all is well") {
  for (auto schedule : {"AAAAB", "BBBBA"})
    CHECK(explore::replay(save_and_sync<opposite_order::documents>, schedule).end == ending::fine);
}

TEST_CASE("resource_pair.mutual_ask: each awaits the other, and nobody answers") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto pair = spawn_awaiting_pair(sys, 0ns, 1s);
  std::vector<bool> answers;
  client(sys, answers, pair.local, save_atom_v, 2);
  client(sys, answers, pair.cloud, sync_atom_v);
  sys.run_all();
  CHECK(answers.empty()); // and without a time limit it would stay so
  let_time_pass(sys);
  CHECK(answers == std::vector{false, false});
}

TEST_CASE("resource_pair.reserving_actors: locks by message deadlock as well in opposite order") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  reservable_pair pair{sys.spawn(reservable_copy), sys.spawn(reservable_copy)};
  reservable_pair wrong{pair.cloud, pair.local};
  sys.spawn(saving_editor, pair, 2, 0ns, untold);
  sys.spawn(syncing_editor, wrong, 0ns, untold);
  sys.run_all();
  std::vector<int> answers;
  client(sys, answers, pair.local, get_atom_v);
  client(sys, answers, pair.cloud, get_atom_v);
  sys.run_all();
  CHECK(answers == std::vector{1, 1});
}

// -- the cures with locks -------------------------------------------------------------------------------

TEST_CASE("resource_pair.ordered: the schedules that break the other one have no place to happen") {
  for (auto schedule : {"AB", "BA"})
    CHECK_THROWS_AS(explore::replay(save_and_sync<ordered::documents>, schedule),
                    explore::schedule_error);
  for (auto schedule : {"AAAAB", "BBBBA"})
    CHECK(explore::replay(save_and_sync<ordered::documents>, schedule).end == ending::fine);
}

TEST_CASE_TEMPLATE("resource_pair: the schedules that break opposite_order end well", Documents,
                   hierarchy::documents, all_at_once::documents) {
  for (auto schedule : {"AB", "BA", "ABBA", "BABA"})
    CHECK(explore::replay(save_and_sync<Documents>, schedule).end == ending::fine);
}

TEST_CASE("resource_pair.hierarchy: the wrong order is refused even when nobody else is there") {
  hierarchy::documents copies;
  copies.save(2);
  CHECK(copies.refused() == 0);
  copies.sync();
  CHECK(copies.refused() == 1);
}

TEST_CASE_TEMPLATE("resource_pair: many editors leave equal copies", Documents, ordered::documents,
                   hierarchy::documents, all_at_once::documents) {
  Documents copies;
  {
    std::vector<sync::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back("save", [&] {
        for (int revision = 2; revision <= 300; ++revision)
          copies.save(revision);
      });
      threads.emplace_back("sync", [&] {
        for (int n = 0; n < 300; ++n)
          copies.sync();
      });
    }
  }
  CHECK(copies.local() == 300);
  CHECK(copies.cloud() == 300);
}

// -- giving up ------------------------------------------------------------------------------------------

TEST_CASE("resource_pair.timeout: a deadlock becomes a wait, and one of both gives way") {
  std::string gave_up;
  auto scenario = [&] {
    timeout::documents copies;
    auto in_time = [&](const char* who, auto edit) {
      try {
        edit();
      } catch (const timeout_error&) {
        gave_up += who;
      }
    };
    {
      sync::thread a{"save", [&] { in_time("save", [&] { copies.save(2); }); }};
      sync::thread b{"sync", [&] { in_time("sync", [&] { copies.sync(); }); }};
    }
    int saved = gave_up == "save" ? 1 : 2;
    explore::ensure(copies.local() == saved && copies.cloud() == saved, "the copies differ");
  };
  SUBCASE("after one try") {
    // Both have one; sync tries the other one and gives back (BBB); save goes on.
    CHECK(explore::replay(scenario, "ABBBAAA").end == ending::fine);
    CHECK(gave_up == "");
  }
  SUBCASE("sync for good, if save never gets on") {
    CHECK(explore::replay(scenario, "ABBBBBBBBB").end == ending::fine);
    CHECK(gave_up == "sync");
  }
  SUBCASE("save for good, if sync never gets on") {
    CHECK(explore::replay(scenario, "BAAAAAAAAA").end == ending::fine);
    CHECK(gave_up == "save");
  }
}

TEST_CASE("resource_pair.timeout: gives up on a copy that is held all the time, and says so") {
  sync::event held, over;
  auto hold_cloud = [&](const std::string& who, const std::string& what) {
    if (who == "sync" && what == "has cloud") {
      held.set();
      over.wait();
    }
  };
  timeout::documents copies{0ns, hold_cloud, 1ms};
  sync::thread holder{"sync", [&] { copies.sync(); }};
  held.wait();
  CHECK_THROWS_WITH_AS(copies.save(2), "save gave up: the cloud copy was busy", timeout_error);
  CHECK(copies.local() == 1);
  over.set();
  holder.join();
  CHECK(copies.cloud() == 1);
}

// -- the cures with actors ------------------------------------------------------------------------------

TEST_CASE("resource_pair.actor: many editors leave equal copies") {
  mailroom::system sys;
  auto owner = sys.spawn(documents);
  {
    std::vector<sync::thread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back("editor", [&] {
        for (int revision = 2; revision <= 50; ++revision) {
          ask<void>(sys, owner, 10s, save_atom_v, revision);
          ask<void>(sys, owner, 10s, sync_atom_v);
        }
      });
  }
  auto now = ask<revisions>(sys, owner, 10s, get_atom_v);
  CHECK(now.local == 50);
  CHECK(now.cloud == 50);
}

TEST_CASE("resource_pair.reserving_actors: many editors leave equal copies") {
  mailroom::system sys;
  reservable_pair pair{sys.spawn(reservable_copy), sys.spawn(reservable_copy)};
  std::vector<caf::actor> editors;
  for (int i = 0; i < 100; ++i) {
    editors.push_back(sys.spawn(saving_editor, pair, 2 + i, 0ns, untold));
    editors.push_back(sys.spawn(syncing_editor, pair, 10us, untold));
  }
  REQUIRE(await_end(sys, editors, std::chrono::steady_clock::now() + 30s) == 0);
  auto local = ask<int>(sys, pair.local, 10s, get_atom_v);
  CHECK(local > 1);
  CHECK(ask<int>(sys, pair.cloud, 10s, get_atom_v) == local);
}

TEST_CASE("resource_pair.reserving_actors: a copy is handed over in order of arrival") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto copy = sys.spawn(reservable_copy);
  std::vector<int> order;
  auto reserve = [&](int number) {
    return sys.spawn([&order, copy, number](caf::event_based_actor* self) -> caf::behavior {
      self->request(copy, caf::infinite, reserve_atom_v).then([&order, number](done_atom) {
        order.push_back(number);
      });
      return {[self, copy](release_atom) { self->send(copy, release_atom_v); }};
    });
  };
  auto first = reserve(1);
  auto second = reserve(2);
  auto third = reserve(3);
  auto fourth = reserve(4);
  sys.run_all();
  CHECK(order == std::vector{1});
  SUBCASE("when it is given back") {
    caf::anon_send(third, release_atom_v); // which does not have it
    sys.run_all();
    CHECK(order == std::vector{1});
    caf::anon_send(first, release_atom_v);
    sys.run_all();
    CHECK(order == std::vector{1, 2});
  }
  SUBCASE("when its editor ends, past those that ended waiting") {
    caf::anon_send_exit(second, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(first, caf::exit_reason::user_shutdown);
    sys.run_all();
    CHECK(order == std::vector{1, 3});
    caf::anon_send_exit(third, caf::exit_reason::user_shutdown);
    sys.run_all();
    CHECK(order == std::vector{1, 3, 4});
  }
}

// -- what an actor that awaits reports --------------------------------------------------------------------

TEST_CASE("resource_pair.mutual_ask: one after the other, all is well") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto pair = spawn_awaiting_pair(sys, 0ns, 1s);
  std::vector<bool> answers;
  client(sys, answers, pair.local, save_atom_v, 2);
  sys.run_all();
  client(sys, answers, pair.cloud, sync_atom_v);
  sys.run_all();
  CHECK(answers == std::vector{true, true});
  std::vector<int> copies;
  client(sys, copies, pair.local, get_atom_v);
  client(sys, copies, pair.cloud, get_atom_v);
  sys.run_all();
  CHECK(copies == std::vector{2, 2});
}

TEST_CASE("resource_pair.mutual_ask: refuses only what was asked while it waited") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  std::vector<caf::typed_response_promise<int>> never;
  auto mute = sys.spawn([&](partner_actor::pointer self) -> partner_actor::behavior_type {
    return {[&never, self](put_atom, int) {
      return never.emplace_back(self->make_response_promise<int>());
    }};
  });
  auto copy = sys.spawn(awaiting_copy, sys.spawn(slow_store, 0ns), awaiting_options{"copy", 1s});
  caf::anon_send(copy, partner_atom_v, mute);
  std::vector<bool> saved;
  client(sys, saved, copy, save_atom_v, 2);
  sys.run_all();
  std::vector<int> early, late;
  client(sys, early, copy, put_atom_v, 3);
  sys.run_all();
  let_time_pass(sys);
  client(sys, late, copy, put_atom_v, 4);
  sys.run_all();
  CHECK(saved == std::vector{false});
  CHECK(early.empty());
  CHECK(late == std::vector{4});
}
