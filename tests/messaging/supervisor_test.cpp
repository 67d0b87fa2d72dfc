#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/error.hpp"
#include "mailroom/messaging/ask.hpp"
#include "messaging/supervisor_support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;
using state = child_status::state;

// Actors that are started anew.

// -- a restart ------------------------------------------------------------------------------------------

TEST_CASE("supervisor: an actor that throws is started anew, and its handle stays valid") {
  by_hand on;
  auto t = on.boss.spawn(on.child("tally"), tally, 100);
  on.send(t, add_atom_v, 1);
  CHECK(on.answer(t, get_atom_v) == "101");
  CHECK(on.boss.children() == std::vector{child_status{"tally", state::running, 0}});
  on.send(t, fail_atom_v);
  on.sys.run_all();
  CHECK(on.boss.children() == std::vector{child_status{"tally", state::restarting, 0}});
  on.await_restart();
  CHECK(on.boss.children() == std::vector{child_status{"tally", state::running, 1}});
  CHECK(on.answer(t, get_atom_v) == "100");
  CHECK(on.log == texts{"desk restarts tally in 10ms after failure 1: std::runtime_error: boom"});
}

TEST_CASE("supervisor: queued mail survives, in order, and so does what comes meanwhile") {
  by_hand on;
  auto digits = [](caf::event_based_actor*, std::shared_ptr<std::string> seen) -> caf::behavior {
    return {[=](const std::string& s) {
      *seen += s;
      if (s == "!")
        throw 0;
    }};
  };
  auto seen = std::make_shared<std::string>();
  auto d = on.boss.spawn(on.child("digits"), digits, seen);
  for (auto s : {"1", "!", "2", "3", "!", "4"})
    on.send(d, std::string(s));
  on.sys.run_all();
  CHECK(*seen == "1!");
  on.send(d, std::string("5"));
  on.await_restart();
  CHECK(*seen == "1!23!");
  on.send(d, std::string("6"));
  on.sys.advance(20ms); // the second failure in a row
  CHECK(*seen == "1!23!456");
}

TEST_CASE("supervisor: who asked what made it fail is told, the others get their answers") {
  by_hand on;
  auto t = on.boss.spawn(on.child("tally"), tally, 7);
  CHECK(on.answer(t, fail_atom_v).find("runtime_error") != std::string::npos);
  caf::scoped_actor self{on.sys.caf()};
  auto question = self->request(t, caf::infinite, get_atom_v);
  on.sys.run_all();
  CHECK(on.boss.children()[0].now == state::restarting);
  on.await_restart();
  question.receive([](int n) { CHECK(n == 7); }, [](caf::error&) { FAIL("no answer"); });
}

TEST_CASE("supervisor: what skips messages gets them after the restart") {
  by_hand on;
  auto picky = [](caf::event_based_actor* self, std::shared_ptr<int> got) -> caf::behavior {
    self->set_default_handler(caf::skip);
    return {[=](put_atom) { self->become([=](int n) { *got += n; }); },
            [](fail_atom) { throw std::runtime_error("boom"); }};
  };
  auto got = std::make_shared<int>(0);
  auto p = on.boss.spawn(on.child("picky"), picky, got);
  on.send(p, 1);
  on.send(p, 2);
  on.send(p, fail_atom_v);
  on.sys.run_all();
  on.await_restart();
  on.send(p, put_atom_v);
  on.sys.run_all();
  CHECK(*got == 3);
}

TEST_CASE("supervisor: what an actor has sent itself goes with it") {
  by_hand on;
  auto clock = [](caf::event_based_actor* self, std::shared_ptr<int> ticks) -> caf::behavior {
    self->send(self, get_atom_v);
    return {[=](get_atom) {
              ++*ticks;
              self->delayed_send(self, 1s, get_atom_v);
            },
            [=](fail_atom) {
              self->send(self, get_atom_v);
              throw std::runtime_error("boom");
            }};
  };
  auto ticks = std::make_shared<int>(0);
  auto c = on.boss.spawn(on.child("clock"), clock, ticks);
  on.sys.run_all();
  on.send(c, fail_atom_v);
  on.sys.run_all();
  on.await_restart();
  CHECK(*ticks == 2);
  on.sys.advance(10s); // one clock ticks, not two
  CHECK(*ticks == 12);
}

namespace {

/// A plain actor of CAF, of a class.
class grumpy : public caf::event_based_actor {
public:
  grumpy(caf::actor_config& config, int patience)
    : event_based_actor(config), patience_(patience) {}

protected:
  caf::behavior make_behavior() override {
    return {[this](get_atom) {
      if (patience_-- == 0)
        quit(caf::sec::bad_function_call);
      return patience_;
    }};
  }

private:
  int patience_;
};

} // namespace

TEST_CASE("supervisor: an actor that quits with an error has failed, also one of a class") {
  by_hand on;
  auto g = on.boss.spawn<grumpy>(on.child("grumpy"), 1);
  CHECK(on.answer(g, get_atom_v) == "0");
  on.answer(g, get_atom_v);
  on.await_restart();
  CHECK(on.answer(g, get_atom_v) == "0");
  REQUIRE(on.log.size() == 1);
  CHECK(on.log[0]
        == "desk restarts grumpy in 10ms after failure 1: system_error(bad_function_call)");
}

TEST_CASE("supervisor: an actor that cannot even start is tried again") {
  by_hand on;
  auto tries = std::make_shared<int>(0);
  auto late = [=](caf::event_based_actor*) -> caf::behavior {
    if (++*tries < 3)
      throw std::runtime_error("too early");
    return {[](get_atom) { return 1; }};
  };
  auto l = on.boss.spawn(on.child("late"), late);
  on.sys.advance(1s);
  CHECK(*tries == 3);
  CHECK(on.answer(l, get_atom_v) == "1");
}

TEST_CASE(
  "supervisor: an actor whose handlers block has a thread of its own, and so has the next") {
  mailroom::system sys{{.threads = 1}};
  supervisor boss{sys, {.log = [](const supervision_event&) {}}};
  gate free;
  auto sleepy = [&free](caf::event_based_actor*) -> caf::behavior {
    return {[&free](get_atom) {
              free.pass();
              return 1;
            },
            [](fail_atom) { throw std::runtime_error("boom"); }};
  };
  auto s = boss.spawn({.name = "sleepy", .own_thread = true}, sleepy);
  auto t = boss.spawn({.name = "tally"}, tally, 5);
  caf::anon_send(s, fail_atom_v);
  {
    detail::visit visit;
    caf::scoped_actor self{sys.caf()};
    auto question = self->request(s, 10s, get_atom_v);
    CHECK(eventually([&] { return boss.children()[0].restarts == 1; }));
    CHECK(ask<int>(sys, t, 10s, get_atom_v) == 5); // the thread of the system is free
    free.open();
    question.receive([](int n) { CHECK(n == 1); }, [](caf::error&) { FAIL("no answer"); });
  }
}

// -- ends that are no failures --------------------------------------------------------------------------

TEST_CASE("supervisor: an actor that ends by itself is not started again") {
  for (bool told : {false, true}) {
    by_hand on;
    auto brief = [](caf::event_based_actor* self) -> caf::behavior {
      return {[=](put_atom) { self->quit(); }, [](get_atom) { return 1; }};
    };
    auto b = on.boss.spawn(on.child("brief"), brief);
    if (told)
      caf::anon_send_exit(b, caf::exit_reason::user_shutdown);
    else
      on.send(b, put_atom_v);
    on.sys.run_all();
    CHECK(on.boss.children().empty());
    CHECK(on.answer(b, get_atom_v).find("request_receiver_down") != std::string::npos);
    CHECK(on.log == texts{"desk: brief has ended"});
  }
}

TEST_CASE("supervisor: killed is not ended") {
  by_hand on;
  auto t = on.boss.spawn(on.child("tally"), tally, 5);
  on.sys.run_all();
  caf::anon_send_exit(t, caf::exit_reason::kill);
  on.sys.run_all();
  on.await_restart();
  CHECK(on.answer(t, get_atom_v) == "5");
}

TEST_CASE("supervisor: who watches a handle hears of the end, not of restarts") {
  by_hand on;
  auto t = on.boss.spawn(on.child("tally"), tally, 0);
  int ends = 0;
  auto watcher = on.sys.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    self->monitor(t);
    self->set_down_handler([&](caf::down_msg&) { ++ends; });
    return {[](put_atom) {}};
  });
  on.sys.run_all();
  on.send(t, fail_atom_v);
  on.sys.run_all();
  on.await_restart();
  CHECK(ends == 0);
  caf::anon_send_exit(t, caf::exit_reason::user_shutdown);
  on.sys.run_all();
  CHECK(ends == 1);
}

// -- whom it concerns -------------------------------------------------------------------------------------

namespace {

/// Three tallies that start at 0 and have 1 when the second one fails; then they get 10 more.
texts sums_after_failure(restart_strategy strategy) {
  by_hand on{strategy};
  std::vector<tally_actor> all;
  for (auto name : {"first", "second", "third"})
    all.push_back(on.boss.spawn(on.child(name), tally, 0));
  for (auto& t : all)
    on.send(t, add_atom_v, 1);
  on.sys.run_all();
  on.send(all[1], fail_atom_v);
  on.sys.run_all();
  for (auto& t : all)
    on.send(t, add_atom_v, 10);
  on.await_restart();
  texts sums;
  for (auto& t : all)
    sums.push_back(on.answer(t, get_atom_v));
  return sums;
}

} // namespace

TEST_CASE("supervisor: one for one") {
  CHECK(sums_after_failure(restart_strategy::one_for_one) == texts{"11", "10", "11"});
}

TEST_CASE("supervisor: one for all") {
  CHECK(sums_after_failure(restart_strategy::one_for_all) == texts{"10", "10", "10"});
}

TEST_CASE("supervisor: rest for one") {
  CHECK(sums_after_failure(restart_strategy::rest_for_one) == texts{"11", "10", "10"});
}

TEST_CASE("supervisor: each restart is in the log, with its reason") {
  by_hand on{restart_strategy::rest_for_one};
  auto a = on.boss.spawn(on.child("a"), tally, 0);
  on.boss.spawn(on.child("b"), tally, 0);
  on.send(a, fail_atom_v);
  on.sys.run_all();
  CHECK(on.log
        == texts{"desk restarts a in 10ms after failure 1: std::runtime_error: boom",
                 "desk restarts b in 10ms: a has failed"});
}

TEST_CASE("supervisor: two that fail at once start over together, after the longer delay") {
  by_hand on{restart_strategy::one_for_all};
  auto slow = on.child("b");
  slow.delay.first = 1s;
  auto a = on.boss.spawn(on.child("a"), tally, 0);
  auto b = on.boss.spawn(slow, tally, 0);
  on.sys.run_all();
  on.send(b, fail_atom_v);
  on.send(a, fail_atom_v);
  on.sys.run_all();
  on.await_restart();
  for (auto& c : on.boss.children())
    CHECK(c.now == state::restarting);
  on.sys.advance(1s);
  for (auto& c : on.boss.children())
    CHECK(c == child_status{c.name, state::running, 1});
}
