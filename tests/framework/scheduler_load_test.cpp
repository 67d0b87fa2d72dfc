#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/messaging/ask.hpp"
#include "support/schedulers.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// What schedulers do when there is much to do: nobody is forgotten.

MAILROOM_LOCAL_MESSAGE(std::shared_ptr<int>)

namespace {

constexpr int less = sanitized ? 10 : 1; // where everything takes long

/// Sends itself a message for ever.
caf::behavior restless(caf::event_based_actor* self) {
  self->send(self, put_atom_v);
  return {[self](put_atom) { self->send(self, put_atom_v); }};
}

/// Sends a message back and forth with another, for ever.
caf::behavior ping_pong(caf::event_based_actor* self) {
  auto other = self->spawn<caf::linked>([](caf::event_based_actor* other) -> caf::behavior {
    return {[other](put_atom) {
      other->send(caf::actor_cast<caf::actor>(other->current_sender()), put_atom_v);
    }};
  });
  self->send(other, put_atom_v);
  return {[self, other](put_atom) { self->send(other, put_atom_v); }};
}

/// Spawns many, asks each and answers the sum.
caf::behavior fan_out(caf::event_based_actor* self, int width) {
  return {[=](int n) {
    auto answer = self->make_response_promise<int>();
    auto sum = std::make_shared<int>(0);
    auto left = std::make_shared<int>(width);
    for (int i = 0; i < width; ++i) {
      auto child = self->spawn([](caf::event_based_actor* child) -> caf::behavior {
        return {[child](int m) {
          child->quit();
          return m;
        }};
      });
      self->request(child, caf::infinite, n + i).then([=](int m) mutable {
        *sum += m;
        if (--*left == 0)
          answer.deliver(*sum);
      });
    }
    return answer;
  }};
}

enum others { idle, busy };

/// Lets an actor send messages to some others and wait in its handler until they have come. Returns
/// whether they have.
bool runs_what_a_blocked_one_started(scheduling kind, int how_many, others what) {
  sync::event all_ran;
  sync::event seen;
  std::atomic<int> left{how_many};
  mailroom::system sys{{.threads = 2, .scheduler = kind}};
  std::vector<caf::actor> started;
  for (int i = 0; i < how_many; ++i)
    started.push_back(sys.spawn([&](caf::event_based_actor*) -> caf::behavior {
      return {[&](put_atom) {
        if (--left == 0)
          all_ran.set();
      }};
    }));
  if (what == busy)
    sys.spawn(restless);
  else
    seen.wait_for(20ms); // nobody sets it: by now, all threads sleep
  auto blocked = sys.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    return {[&, self](put_atom) {
      for (auto& a : started)
        self->send(a, put_atom_v);
      if (all_ran.wait_for(limit))
        seen.set();
    }};
  });
  caf::anon_send(blocked, put_atom_v);
  return seen.wait_for(2 * limit);
}

} // namespace

// -- many -----------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("scheduler: any number of threads", S, MAILROOM_SCHEDULERS) {
  // A hundred, but not with CAF's own: there, each message takes a spinlock of the logger, for
  // which many threads on few processors spin for minutes.
  int many = S::kind == scheduling::parking ? 100 : 8;
  for (int threads : {1, 2, 3, many}) {
    CAPTURE(threads);
    mailroom::system sys{{.threads = threads, .scheduler = S::kind}};
    auto actor = sys.spawn(fan_out, 200);
    for (int n = 0; n < 5; ++n)
      CHECK(ask<int>(sys, actor, limit, n) == 200 * n + 199 * 200 / 2);
  }
}

TEST_CASE_TEMPLATE("scheduler: many threads send from outside", S, MAILROOM_SCHEDULERS) {
  constexpr int senders = 4;
  constexpr int each = 10'000 / less;
  sync::event all_came;
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto counter = sys.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&, n = 0](add_atom) mutable {
      if (++n == senders * each)
        all_came.set();
    }};
  });
  auto relay = sys.spawn([=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](put_atom) { self->send(counter, add_atom_v); }};
  });
  {
    std::vector<std::jthread> outside;
    for (int i = 0; i < senders; ++i)
      outside.emplace_back([&, i] {
        for (int n = 0; n < each; ++n)
          if (i % 2 == 0)
            caf::anon_send(counter, add_atom_v);
          else
            caf::anon_send(relay, put_atom_v);
      });
  }
  CHECK(all_came.wait_for(limit));
}

TEST_CASE_TEMPLATE("scheduler: messages of one sender stay in order", S, MAILROOM_SCHEDULERS) {
  constexpr int senders = 5;
  constexpr int each = 5'000 / less;
  sync::event all_came;
  int out_of_order = 0;
  mailroom::system sys{{.threads = 3, .scheduler = S::kind}};
  auto receiver = sys.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&, next = std::map<int, int>{}, left = senders * each](int from, int n) mutable {
      out_of_order += next[from]++ != n ? 1 : 0;
      if (--left == 0)
        all_came.set();
    }};
  });
  for (int i = 0; i < senders; ++i)
    sys.spawn([=](caf::event_based_actor* self) -> caf::behavior {
      self->send(self, 0);
      return {[=](int n) {
        self->send(receiver, i, n);
        if (n + 1 < each)
          self->send(self, n + 1);
      }};
    });
  REQUIRE(all_came.wait_for(limit));
  CHECK(out_of_order == 0);
}

// -- fairness -------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("scheduler: who always has mail starves nobody", S, MAILROOM_SCHEDULERS) {
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  for (int i = 0; i < 3; ++i)
    sys.spawn(restless);
  auto third = sys.spawn(fan_out, 10);
  for (int n = 0; n < 20; ++n)
    CHECK(ask<int>(sys, third, limit, n) == 10 * n + 45);
}

TEST_CASE_TEMPLATE("scheduler: pairs that never rest starve nobody", S, MAILROOM_SCHEDULERS) {
  for (int threads : {1, 2}) {
    CAPTURE(threads);
    // CAF's own stealing runs what was sent last first: there, one pair per thread is too many.
    int pairs = S::kind == scheduling::stealing ? threads - 1 : 2 * threads;
    mailroom::system sys{{.threads = threads, .scheduler = S::kind}};
    auto third = sys.spawn(fan_out, 10);
    for (int i = 0; i < pairs; ++i)
      sys.spawn(ping_pong);
    for (int n = 0; n < 20; ++n)
      CHECK(ask<int>(sys, third, limit, n) == 10 * n + 45);
  }
}

TEST_CASE_TEMPLATE("scheduler: what blocks does not hold up what it started", S,
                   MAILROOM_SCHEDULERS) {
  CHECK(runs_what_a_blocked_one_started(S::kind, 1, idle));
  CHECK(runs_what_a_blocked_one_started(S::kind, 10, idle));
}

TEST_CASE("scheduler: not even while all other threads are busy") {
  // Not with CAF's own stealing: there, nobody steals who has work of his own.
  for (auto kind : {scheduling::sharing, scheduling::parking}) {
    CHECK(runs_what_a_blocked_one_started(kind, 1, busy));
    CHECK(runs_what_a_blocked_one_started(kind, 10, busy));
  }
}

// -- the end ----------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("scheduler: ends among actors full of mail", S, MAILROOM_SCHEDULERS) {
  auto content = std::make_shared<int>(0);
  {
    mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
    for (int i = 0; i < 3; ++i) {
      sys.spawn(restless);
      sys.spawn(ping_pong);
    }
    for (int i = 0; i < 100; ++i) {
      auto actor = sys.spawn([](caf::event_based_actor*) -> caf::behavior {
        return {[](std::shared_ptr<int>& p) { CHECK(p != nullptr); }};
      });
      for (int n = 0; n < 100; ++n)
        caf::anon_send(actor, content);
    }
  }
  CHECK(content.use_count() == 1); // all of it is gone
}
