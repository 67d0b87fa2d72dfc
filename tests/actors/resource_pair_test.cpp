#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/resource_pair/actor.hpp"
#include "actors/resource_pair/all_at_once.hpp"
#include "actors/resource_pair/hierarchy.hpp"
#include "actors/resource_pair/mutual_ask.hpp"
#include "actors/resource_pair/opposite_order.hpp"
#include "actors/resource_pair/ordered.hpp"
#include "actors/resource_pair/reserving_actors.hpp"
#include "actors/resource_pair/timeout.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/event.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using ending = explore::ending;
using std::chrono::nanoseconds;

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

TEST_CASE_FIXTURE(by_hand, "resource_pair.mutual_ask: each awaits the other, and nobody answers") {
  auto pair = spawn_awaiting_pair(sys, 1ms, 1s);
  ask<bool>("save", pair.local, save_atom_v, 2);
  ask<bool>("sync", pair.cloud, sync_atom_v);
  sys.advance(1s);
  CHECK(taken() == lines{}); // and without a time limit it would stay so
  sys.advance(1ms);
  CHECK(taken() == lines{"save: no", "sync: no"});
}

TEST_CASE_FIXTURE(by_hand, "resource_pair.reserving_actors: locks by message deadlock as well in "
                           "opposite order") {
  reservable_pair pair{sys.spawn(reservable_copy), sys.spawn(reservable_copy)};
  reservable_pair wrong{pair.cloud, pair.local};
  sys.spawn(saving_editor, pair, 2, 0ns, untold);
  sys.spawn(syncing_editor, wrong, 0ns, untold);
  sys.run_all();
  ask<int>("local", pair.local, get_atom_v);
  ask<int>("cloud", pair.cloud, get_atom_v);
  CHECK(taken() == lines{"local: 1", "cloud: 1"});
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

// -- who waits for an actor ---------------------------------------------------------------------------

namespace {

/// A copy for which editors wait.
struct one_copy : by_hand {
  reservable_actor copy = sys.spawn(reservable_copy);

  caf::actor reserve(const std::string& name) { return ask<done_atom>(name, copy, reserve_atom_v); }
  void release(const caf::actor& who) { ask<void>(who, "released", copy, release_atom_v); }
};

} // namespace

TEST_CASE_FIXTURE(one_copy,
                  "resource_pair.reserving_actors: a copy is handed over in order of arrival") {
  auto first = reserve("1");
  auto second = reserve("2");
  auto third = reserve("3");
  reserve("4");
  CHECK(taken() == lines{"1: done"});
  SUBCASE("when it is given back") {
    release(third); // which does not have it
    CHECK(taken() == lines{"released: done"});
    release(first);
    CHECK(taken() == lines{"2: done", "released: done"});
  }
  SUBCASE("when its editor ends, past those that ended waiting") {
    end(second);
    end(first);
    CHECK(taken() == lines{"3: done"});
    end(third);
    CHECK(taken() == lines{"4: done"});
  }
}

TEST_CASE_FIXTURE(one_copy,
                  "resource_pair.reserving_actors: an editor that has reserved twice ends "
                  "with both reservations") {
  auto twice = reserve("once");
  ask<done_atom>(twice, "twice", copy, reserve_atom_v);
  reserve("other");
  CHECK(taken() == lines{"once: done"});
  release(twice);
  CHECK(taken() == lines{"twice: done", "released: done"});
  end(twice);
  CHECK(taken() == lines{"other: done"});
}

TEST_CASE_FIXTURE(one_copy, "resource_pair.reserving_actors: who waits hears that the copy ends") {
  reserve("has it");
  reserve("waits");
  end(copy);
  CHECK(taken() == lines{"has it: done", "waits: request_receiver_down"});
}

TEST_CASE_FIXTURE(one_copy, "resource_pair.reserving_actors: nobody reserves without a name") {
  tell(copy, reserve_atom_v);
  auto first = reserve("1");
  tell(copy, release_atom_v);
  tell(copy, reserve_atom_v);
  reserve("2");
  release(first);
  CHECK(taken() == lines{"1: done", "2: done", "released: done"});
}

TEST_CASE_FIXTURE(by_hand,
                  "resource_pair.mutual_ask: a store answers in time, or says that it ends") {
  auto store = sys.spawn(slow_store, nanoseconds{1s});
  end(ask<done_atom>("gone", store, put_atom_v, 1));
  sys.advance(500ms);
  ask<done_atom>("stored", store, put_atom_v, 2);
  sys.advance(1s - 1ns);
  CHECK(taken() == lines{}); // although the time of the first is over
  sys.advance(1ns);
  CHECK(taken() == lines{"stored: done"});
  ask<done_atom>("not stored", store, put_atom_v, 3);
  end(store);
  CHECK(taken() == lines{"not stored: request_receiver_down"});
}

// -- what an actor that awaits reports --------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "resource_pair.mutual_ask: one after the other, all is well") {
  auto pair = spawn_awaiting_pair(sys, 0ns, 1s);
  ask<bool>("save", pair.local, save_atom_v, 2);
  ask<bool>("sync", pair.cloud, sync_atom_v);
  ask<int>("local", pair.local, get_atom_v);
  ask<int>("cloud", pair.cloud, get_atom_v);
  CHECK(taken() == lines{"save: yes", "sync: yes", "local: 2", "cloud: 2"});
}

TEST_CASE_FIXTURE(by_hand,
                  "resource_pair.mutual_ask: refuses only what was asked while it waited") {
  std::vector<caf::typed_response_promise<int>> never;
  auto mute = sys.spawn([&](partner_actor::pointer self) -> partner_actor::behavior_type {
    return {[&never, self](put_atom, int) {
      return never.emplace_back(self->make_response_promise<int>());
    }};
  });
  auto copy = sys.spawn(awaiting_copy, sys.spawn(slow_store, 0ns), awaiting_options{"copy", 1s});
  tell(copy, partner_atom_v, partner_actor{mute});
  ask<bool>("save", copy, save_atom_v, 2);
  ask<int>("early", copy, put_atom_v, 3);
  CHECK(taken() == lines{});
  sys.advance(1s);
  CHECK(taken() == lines{"save: no", "early: request_receiver_down"});
  ask<int>("late", copy, put_atom_v, 4);
  CHECK(taken() == lines{"late: 4"});
}
