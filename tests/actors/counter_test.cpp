#include <doctest/doctest.h>

#include "actors/counter/actor.hpp"
#include "actors/counter/atomic.hpp"
#include "actors/counter/locked.hpp"
#include "actors/counter/naive_actor.hpp"
#include "actors/counter/racy.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

/// Two threads add 1 each; nothing may get lost.
template <class Counter>
void two_add_one() {
  Counter counter;
  {
    auto add = [&] { counter.add(1); };
    sync::thread a{"A", add};
    sync::thread b{"B", add};
  }
  explore::ensure(counter.value() == 2, "an update was lost");
}

using ending = explore::ending;

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("counter.racy: both read before one writes, and an update is lost") {
  auto run = explore::replay(two_add_one<racy::counter>, "ABBA");
  CHECK(run.end == ending::violated);
  CHECK(run.why == "an update was lost");
}

TEST_CASE("counter.racy: one after the other, nothing is lost") {
  CHECK(explore::replay(two_add_one<racy::counter>, "AABB").end == ending::fine);
}

TEST_CASE("counter.naive_actor: two gets before a put, and an update is lost") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto total = sys.spawn(cell, 0);
  sys.spawn(naive_adder, total, 1, 0ns);
  sys.spawn(naive_adder, total, 1, 0ns);
  sys.run_all(); // in order of arrival: get, get, put, put
  std::int64_t counted = -1;
  auto reader = sys.spawn([&](caf::event_based_actor* self) {
    self->request(total, caf::infinite, get_atom_v).then([&](std::int64_t n) { counted = n; });
  });
  sys.run_all();
  CHECK(counted == 1);
}

// -- the cure -------------------------------------------------------------------------------------------

TEST_CASE("counter.locked: the schedule that breaks the racy one has no place to happen") {
  CHECK_THROWS_AS(explore::replay(two_add_one<lock_based::counter>, "ABBA"),
                  explore::schedule_error);
  CHECK(explore::replay(two_add_one<lock_based::counter>, "AABB").end == ending::fine);
}

TEST_CASE_TEMPLATE("counter: every update counts, whatever the number of threads", Counter,
                   lock_based::counter, atomics::counter) {
  for (int workers : {1, 2, 3, 7}) {
    Counter counter{10};
    {
      std::vector<sync::thread> threads;
      for (int i = 0; i < workers; ++i)
        threads.emplace_back("adder", [&] {
          for (int n = 0; n < 1000; ++n)
            counter.add(2);
        });
    }
    CHECK(counter.value() == 10 + 2000 * workers);
  }
}

TEST_CASE("counter.actor: every update counts, whatever the number of clients") {
  for (int workers : {1, 2, 3, 7}) {
    mailroom::system sys;
    auto total = sys.spawn(counter, 10);
    std::vector<caf::actor> team;
    for (int i = 0; i < workers; ++i)
      team.push_back(sys.spawn(adder, total, 2500));
    REQUIRE(await_end(sys, team, std::chrono::steady_clock::now() + 30s) == 0);
    CHECK(ask<std::int64_t>(sys, total, 10s, get_atom_v) == 10 + 2500 * workers);
  }
}

TEST_CASE("counter.actor: a client whose counter is gone ends instead of waiting") {
  mailroom::system sys;
  auto total = sys.spawn(counter, 0);
  caf::anon_send_exit(total, caf::exit_reason::user_shutdown);
  auto client = sys.spawn(adder, total, 1000);
  CHECK(await_end(sys, {client}, std::chrono::steady_clock::now() + 30s) == 0);
}
