#include "mailroom/system.hpp"

#include <thread>

#include <doctest/doctest.h>

#include "mailroom/error.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/event.hpp"
#include "mailroom/sync/thread.hpp"
#include "mailroom/trace/threads.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

using echo_actor = caf::typed_actor<accepts<int(get_atom, int)>, accepts<void(done_atom)>>;

echo_actor::behavior_type echo(echo_actor::pointer self) {
  return {
    [](get_atom, int n) { return n; },
    [self](done_atom) { self->quit(caf::exit_reason::user_shutdown); },
  };
}

/// Never answers.
caf::behavior silent(caf::event_based_actor* self) {
  return {[self](get_atom, int) -> caf::result<int> { return self->make_response_promise<int>(); }};
}

} // namespace

TEST_CASE_TEMPLATE_DEFINE("system: runs actors and ends them", Scheduler, scheduler_kinds) {
  for (int threads : {0, 1, 2, 3}) {
    mailroom::system sys{{.threads = threads, .scheduler = Scheduler::value}};
    auto actor = sys.spawn(echo);
    CHECK(ask<int>(sys, actor, 10s, get_atom_v, 42) == 42);
    CHECK(sys.running() == 1);
  } // would hang or complain if the actor were left
}
TEST_CASE_TEMPLATE_INVOKE(scheduler_kinds, std::integral_constant<scheduling, scheduling::sharing>,
                          std::integral_constant<scheduling, scheduling::stealing>);

TEST_CASE("system: a wrong number of threads is an argument error that says what is right") {
  CHECK_THROWS_WITH_AS(mailroom::system({.threads = -1}),
                       "an actor system has 0 (one per processor) to 1024 threads, not -1",
                       std::invalid_argument);
  CHECK_THROWS_AS(mailroom::system({.threads = 1025}), std::invalid_argument);
}

TEST_CASE("system: ends actors of all kinds, and those with mail") {
  mailroom::system sys;
  for (int i = 0; i < 100; ++i) {
    auto actor = i % 10 == 0 ? caf::actor_cast<caf::actor>(sys.spawn_detached(silent))
                             : caf::actor_cast<caf::actor>(sys.spawn(silent));
    for (int n = 0; n < 10; ++n)
      caf::anon_send(actor, get_atom_v, n);
  }
}

TEST_CASE("system: a thread that has spoken to its actors may outlive it") {
  // CAF's own actor system would wait for that thread for ever.
  sync::event asked;
  sync::event gone;
  auto sys = std::make_unique<mailroom::system>();
  sync::thread other{"other", [&] {
                       auto actor = sys->spawn(echo);
                       ask<int>(*sys, actor, 10s, get_atom_v, 1);
                       asked.set();
                       gone.wait();
                     }};
  asked.wait();
  sys.reset();
  gone.set();
}

TEST_CASE("system: the shared one lives as long as somebody has it") {
  std::weak_ptr<mailroom::system> watch;
  {
    auto mine = mailroom::system::shared();
    auto yours = mailroom::system::shared();
    CHECK(mine == yours);
    watch = mine;
    CHECK(ask<int>(*mine, mine->spawn(echo), 10s, get_atom_v, 7) == 7);
  }
  CHECK(watch.expired());
  CHECK(mailroom::system::shared() != nullptr);
}

TEST_CASE("system: many short lives leave nothing behind") {
  auto threads = [] { return trace::threads().size(); };
  auto live = [](int i) {
    mailroom::system sys{{.threads = 3}};
    ask<int>(sys, sys.spawn(echo), 10s, get_atom_v, i);
  };
  live(0); // a sanitizer may start a thread of its own with the first one of ours
  auto before = threads();
  for (int i = 1; i <= 20; ++i)
    live(i);
  // The kernel takes a joined thread off its list a moment later.
  auto limit = std::chrono::steady_clock::now() + 10s;
  while (threads() > before && std::chrono::steady_clock::now() < limit)
    std::this_thread::yield();
  CHECK(threads() <= before); // fewer, if one was just ending then
}

namespace {

/// Awaits an answer that never comes; while it does, it does not even hear that it should end.
caf::behavior deaf(caf::event_based_actor* self, caf::duration timeout) {
  auto other = self->spawn<caf::linked>(silent);
  self->request(other, timeout, get_atom_v, 1)
    .await([](int) {}, [=](caf::error&) { self->quit(); });
  return {};
}

} // namespace

TEST_CASE("system: an actor that awaits an answer ends when its request times out") {
  mailroom::system sys;
  sys.spawn(deaf, caf::duration{20ms});
}

TEST_CASE("system: by hand, it need not even wait for that") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  sys.spawn(deaf, caf::duration{1min});
  sys.run_all();
}

TEST_CASE("system: actors that do not end are left behind instead of waited for, and it says so"
          * doctest::skip(test::sanitized)) { // they are leaked, and a sanitizer would say so
  auto start = std::chrono::steady_clock::now();
  {
    mailroom::system sys{{.patience = 20ms}};
    sys.spawn(deaf, caf::infinite);
  }
  CHECK(std::chrono::steady_clock::now() - start < 30s);
}

// -- by hand ----------------------------------------------------------------------------------------------

TEST_CASE("system: by hand, one message at a time") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  std::vector<int> seen;
  auto actor = sys.spawn(
    [&](caf::event_based_actor*) -> caf::behavior { return {[&](int n) { seen.push_back(n); }}; });
  sys.run_all();
  caf::anon_send(actor, 1);
  caf::anon_send(actor, 2);
  CHECK(seen.empty());
  CHECK(sys.run_one());
  CHECK(seen == std::vector{1});
  CHECK(sys.run_one());
  CHECK_FALSE(sys.run_one());
  CHECK(seen == std::vector{1, 2});
}

TEST_CASE("system: by hand, time passes when told to") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  bool rang = false;
  sys.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 1h, done_atom_v);
    return {[&](done_atom) { rang = true; }};
  });
  sys.run_all();
  sys.advance(59min);
  CHECK_FALSE(rang);
  sys.advance(1min);
  CHECK(rang);
}

TEST_CASE("system: by hand, each thing happens at its time, however far time leaps") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto begin = sys.caf().clock().now();
  std::vector<std::chrono::nanoseconds> rang;
  sys.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 20min, done_atom_v);
    return {[&, self](done_atom) {
      rang.push_back(self->clock().now() - begin);
      self->delayed_send(self, 20min, done_atom_v);
    }};
  });
  sys.run_all();
  CHECK(sys.advance(70min) == 3);
  CHECK(rang == std::vector<std::chrono::nanoseconds>{20min, 40min, 60min});
  CHECK(sys.caf().clock().now() - begin == 70min);
}

TEST_CASE("system: what goes by hand goes only by hand") {
  mailroom::system sys;
  CHECK_THROWS_AS(sys.run_one(), system_error);
  CHECK_THROWS_AS(sys.run_all(), system_error);
  CHECK_THROWS_AS(sys.advance(1s), system_error);
}

// -- asking ---------------------------------------------------------------------------------------------

TEST_CASE("ask: no answer in time is a timeout") {
  mailroom::system sys;
  auto actor = sys.spawn(silent);
  CHECK_THROWS_WITH_AS(ask<int>(sys, actor, 5ms, get_atom_v, 1), "no answer within 5 ms",
                       timeout_error);
}

TEST_CASE("ask: an actor that is gone is an error, not a wait") {
  mailroom::system sys;
  auto actor = sys.spawn(echo);
  ask<void>(sys, actor, 10s, done_atom_v);
  CHECK(await_end(sys, {caf::actor_cast<caf::actor>(actor)}, std::chrono::steady_clock::now() + 10s)
        == 0);
  CHECK_THROWS_AS(ask<int>(sys, actor, 10s, get_atom_v, 1), system_error);
}

TEST_CASE("await_end: says how many still live when time is up") {
  mailroom::system sys;
  std::vector<caf::actor> actors{sys.spawn(silent), sys.spawn(silent)};
  CHECK(await_end(sys, actors, std::chrono::steady_clock::now() + 5ms) == 2);
  caf::anon_send_exit(actors[0], caf::exit_reason::user_shutdown);
  CHECK(await_end(sys, {actors[0]}, std::chrono::steady_clock::now() + 10s) == 0);
  CHECK(await_end(sys, {}, std::chrono::steady_clock::now()) == 0);
}

TEST_CASE(
  "await_end: does not give up before time is up, not even by a fraction of a millisecond") {
  mailroom::system sys;
  auto actor = sys.spawn(silent);
  auto limit = std::chrono::steady_clock::now() + 2ms - 1us;
  CHECK(await_end(sys, {actor}, limit) == 1);
  CHECK(std::chrono::steady_clock::now() >= limit);
}
