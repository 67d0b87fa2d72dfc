#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/messaging/ask.hpp"
#include "support/schedulers.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// What CAF promises of actors, on every scheduler.

namespace {

caf::behavior echo() {
  return {[](int n) { return n; }};
}

/// Returns who is asked for `n`, and asks the next for `n - 1`.
caf::behavior chain(caf::event_based_actor* self, int length) {
  if (length == 0)
    return echo();
  auto next = self->spawn<caf::linked>(chain, length - 1);
  return {[self, next](int n) {
    auto answer = self->make_response_promise<int>();
    self->request(next, caf::infinite, n).then([answer](int m) mutable { answer.deliver(m + 1); });
    return answer;
  }};
}

struct debt {
  caf::typed_response_promise<int> owed;
};

/// Waits for a message about how another actor ended, and says which.
template <class Message>
caf::behavior mourner(caf::event_based_actor* self, const caf::actor& whom, sync::event* known,
                      caf::error* reason) {
  auto note = [=](Message& m) {
    *reason = m.reason;
    known->set();
    self->quit();
  };
  if constexpr (std::is_same_v<Message, caf::exit_msg>) {
    self->set_exit_handler(note);
    self->link_to(whom);
  } else {
    self->set_down_handler(note);
    self->monitor(whom);
  }
  return {[](done_atom) {}};
}

} // namespace

// -- requests -----------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("scheduler: request and response", S, MAILROOM_SCHEDULERS) {
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto actor = sys.spawn(echo);
  for (int n = 0; n < 100; ++n)
    CHECK(ask<int>(sys, actor, limit, n) == n);
  CHECK_THROWS_AS(ask<int>(sys, actor, limit, std::string{"what?"}), system_error);
}

TEST_CASE_TEMPLATE("scheduler: a chain of actors that ask each other", S, MAILROOM_SCHEDULERS) {
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto first = sys.spawn(chain, 50);
  CHECK(ask<int>(sys, first, limit, 7) == 57);
  CHECK(ask<int>(sys, first, limit, 8) == 58);
}

TEST_CASE_TEMPLATE("scheduler: who delegates need not wait", S, MAILROOM_SCHEDULERS) {
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto back = sys.spawn(echo);
  auto front = sys.spawn([=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](int n) { return self->delegate(back, n * 2); }};
  });
  CHECK(ask<int>(sys, front, limit, 21) == 42);
}

TEST_CASE_TEMPLATE("scheduler: a promise is kept later", S, MAILROOM_SCHEDULERS) {
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto actor = sys.spawn([](caf::stateful_actor<debt>* self) -> caf::behavior {
    return {
      [=](get_atom, int n) {
        self->delayed_send(self, 2ms, done_atom_v, n);
        return self->state.owed = self->make_response_promise<int>();
      },
      [=](done_atom, int n) { self->state.owed.deliver(n); },
    };
  });
  CHECK(ask<int>(sys, actor, limit, get_atom_v, 5) == 5);
}

// -- time ---------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("scheduler: delayed messages come in time, not before", S, MAILROOM_SCHEDULERS) {
  sync::event all_came;
  std::vector<int> order;
  auto start = std::chrono::steady_clock::now();
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  sys.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    for (int ms : {30, 10, 20})
      self->delayed_send(self, std::chrono::milliseconds{ms}, ms);
    return {[&](int ms) {
      order.push_back(ms);
      if (order.size() == 3)
        all_came.set();
    }};
  });
  REQUIRE(all_came.wait_for(limit));
  CHECK(std::chrono::steady_clock::now() - start >= 30ms);
  CHECK(order == std::vector{10, 20, 30});
}

TEST_CASE_TEMPLATE("scheduler: timeouts ring when nothing comes", S, MAILROOM_SCHEDULERS) {
  sync::event rang;
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto silent = sys.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    return {
      [=](int) { return self->make_response_promise<int>(); },
      caf::after(5ms) >> [&] { rang.set(); },
    };
  });
  CHECK(rang.wait_for(limit));
  CHECK_THROWS_AS(ask<int>(sys, silent, 5ms, 1), timeout_error);
}

// -- actors with threads of their own -----------------------------------------------------------------

TEST_CASE_TEMPLATE("scheduler: detached and blocking actors", S, MAILROOM_SCHEDULERS) {
  mailroom::system sys{{.threads = 1, .scheduler = S::kind}};
  auto scheduled = sys.spawn(echo);
  auto detached = sys.spawn_detached([=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](int n) { return self->delegate(scheduled, n + 1); }};
  });
  auto blocking = sys.spawn([=](caf::blocking_actor* self) {
    bool running = true;
    self->receive_while(running)(
      [&](int n) {
        int answer = 0;
        self->request(detached, caf::infinite, n)
          .receive([&](int m) { answer = m; }, [&](caf::error&) { running = false; });
        return answer;
      },
      [&](caf::exit_msg&) { running = false; });
  });
  for (int n = 0; n < 100; ++n)
    CHECK(ask<int>(sys, blocking, limit, n) == n + 1);
}

// -- the end of an actor ------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("scheduler: who is linked hears of the end", S, MAILROOM_SCHEDULERS) {
  sync::event known;
  caf::error reason;
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto actor = sys.spawn(echo);
  auto heir = sys.spawn(mourner<caf::exit_msg>, actor, &known, &reason);
  ask<void>(sys, heir, limit, done_atom_v); // now it is linked
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  REQUIRE(known.wait_for(limit));
  CHECK(reason == caf::exit_reason::user_shutdown);
}

TEST_CASE_TEMPLATE("scheduler: who is linked ends, too", S, MAILROOM_SCHEDULERS) {
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto first = sys.spawn(chain, 20);
  CHECK(ask<int>(sys, first, limit, 0) == 20);
  CHECK(sys.running() == 21);
  caf::anon_send_exit(first, caf::exit_reason::kill);
  CHECK(await_end(sys, {first}, std::chrono::steady_clock::now() + limit) == 0);
} // and the system ends, which waits for all

TEST_CASE_TEMPLATE("scheduler: a monitor hears of the end, even afterwards", S,
                   MAILROOM_SCHEDULERS) {
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto actor = sys.spawn(echo);
  for (bool before : {true, false}) {
    CAPTURE(before);
    sync::event known;
    caf::error reason;
    auto monitor = sys.spawn(mourner<caf::down_msg>, actor, &known, &reason);
    if (before)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    REQUIRE(known.wait_for(limit));
    CHECK(reason == caf::exit_reason::user_shutdown);
    CHECK(await_end(sys, {monitor}, std::chrono::steady_clock::now() + limit) == 0);
  }
}
