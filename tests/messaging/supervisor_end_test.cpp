#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/error.hpp"
#include "messaging/supervisor_support.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;
using state = child_status::state;

// When a supervisor gives up, and how it ends.

namespace {

/// What a future of an end throws, and what is nested in it.
texts reasons(const future<void>& end) {
  texts all;
  try {
    end.get();
  } catch (const supervision_failed& e) {
    all.push_back(e.what());
    try {
      std::rethrow_if_nested(e);
    } catch (const std::exception& cause) {
      all.push_back(cause.what());
    }
  }
  return all;
}

} // namespace

// -- giving up ----------------------------------------------------------------------------------------

TEST_CASE("supervisor: whose restarts are spent makes it give up") {
  by_hand on;
  auto options = on.child("tally");
  options.restarts = 2;
  auto t = on.boss.spawn(options, tally, 0);
  auto other = on.boss.spawn(on.child("other"), tally, 0);
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(on.boss.ended().done());
    on.send(t, fail_atom_v);
    on.sys.advance(100ms);
  }
  REQUIRE(on.boss.ended().done());
  CHECK(reasons(on.boss.ended())
        == texts{"desk has given up: tally has failed: std::runtime_error: boom", "boom"});
  CHECK(on.boss.children().empty());
  CHECK(on.answer(other, get_atom_v).find("request_receiver_down") != std::string::npos);
  CHECK(on.log.back()
        == "desk gives up because of tally after failure 3: std::runtime_error: boom");
  CHECK_THROWS_AS(on.boss.spawn({}, tally, 0), shutdown_error);
}

TEST_CASE("supervisor: restarts of long ago do not count") {
  by_hand on;
  auto options = on.child("tally");
  options.restarts = 1;
  options.within = 1s;
  auto t = on.boss.spawn(options, tally, 0);
  for (int i = 0; i < 5; ++i) {
    on.send(t, fail_atom_v);
    on.sys.advance(1001ms);
  }
  CHECK(on.boss.children() == std::vector{child_status{"tally", state::running, 5}});
}

TEST_CASE("supervisor: whose restarts are spent may be all that stops") {
  by_hand on;
  auto options = on.child("tally");
  options.restarts = 0;
  options.when_spent = directive::stop;
  auto t = on.boss.spawn(options, tally, 0);
  auto other = on.boss.spawn(on.child("other"), tally, 8);
  on.send(t, fail_atom_v);
  on.sys.run_all();
  CHECK(on.boss.children() == std::vector{child_status{"other", state::running, 0}});
  CHECK(on.answer(other, get_atom_v) == "8");
  CHECK(on.log == texts{"desk stops tally after failure 1: std::runtime_error: boom"});
}

TEST_CASE("supervisor: to stop concerns those whom a restart would") {
  by_hand on{restart_strategy::rest_for_one};
  auto stop = [](const child_failure&) { return directive::stop; };
  on.boss.spawn(on.child("first"), tally, 0);
  auto options = on.child("second");
  options.on_failure = stop;
  auto second = on.boss.spawn(options, tally, 0);
  on.boss.spawn(on.child("third"), tally, 0);
  on.send(second, fail_atom_v);
  on.sys.run_all();
  CHECK(on.boss.children() == std::vector{child_status{"first", state::running, 0}});
  CHECK(on.log
        == texts{"desk stops third: second has failed",
                 "desk stops second after failure 1: std::runtime_error: boom"});
}

TEST_CASE("supervisor: each restart in a row has to wait longer") {
  by_hand on;
  auto options = on.child("tally");
  options.restarts = 10;
  auto t = on.boss.spawn(options, tally, 0);
  for (auto delay : {10ms, 20ms, 40ms}) {
    on.send(t, fail_atom_v);
    on.sys.advance(delay - 1ms);
    CHECK(on.boss.children()[0].now == state::restarting);
    on.sys.advance(1ms);
    CHECK(on.boss.children()[0].now == state::running);
  }
}

TEST_CASE("supervisor: a function decides what to do about a failure") {
  by_hand on;
  auto options = on.child("tally");
  std::vector<int> failures;
  options.on_failure = [&](const child_failure& f) {
    CHECK(f.child == "tally");
    CHECK(f.reason == "std::runtime_error: boom");
    CHECK(is_any_of<std::runtime_error>(f.exception));
    failures.push_back(f.failures);
    return f.failures < 2 ? directive::restart : directive::escalate;
  };
  auto t = on.boss.spawn(options, tally, 0);
  for (int i = 0; i < 2; ++i) {
    on.send(t, fail_atom_v);
    on.sys.advance(100ms);
  }
  CHECK(failures == std::vector{1, 2});
  CHECK_THROWS_AS(on.boss.ended().get(), supervision_failed);
}

TEST_CASE("supervisor: one that cannot decide gives up") {
  std::string reported;
  auto before =
    set_failure_handler([&](std::string_view doing, std::exception_ptr) { reported = doing; });
  by_hand on;
  auto options = on.child("tally");
  options.on_failure = [](const child_failure&) -> directive { throw 0; };
  on.send(on.boss.spawn(options, tally, 0), fail_atom_v);
  on.sys.run_all();
  set_failure_handler(before);
  CHECK_THROWS_AS(on.boss.ended().get(), supervision_failed);
  CHECK(reported == "deciding what to do about tally");
}

// -- supervisors of supervisors -----------------------------------------------------------------------

TEST_CASE("supervisor: what one escalates, the one above decides: all its children start over") {
  by_hand on;
  supervisor inner{on.boss, on.child("inner"), on.options("inner", restart_strategy::one_for_one)};
  auto options = on.child("tally");
  options.restarts = 0;
  auto t = inner.spawn(options, tally, 0);
  auto other = inner.spawn(on.child("other"), tally, 0);
  auto beside = on.boss.spawn(on.child("beside"), tally, 0);
  for (auto& each : {t, other, beside})
    on.send(each, add_atom_v, 1);
  on.sys.run_all();
  on.send(t, fail_atom_v);
  for (auto& each : {t, other, beside})
    on.send(each, add_atom_v, 10);
  on.sys.advance(100ms);
  CHECK(on.answer(t, get_atom_v) == "10");
  CHECK(on.answer(beside, get_atom_v) == "11");
  auto sum = on.answer(other, get_atom_v);
  CHECK((sum == "0" || sum == "10")); // it may have had its mail before
  CHECK_FALSE(inner.ended().done());
  CHECK(on.log
        == texts{"inner gives up because of tally after failure 1: std::runtime_error: boom",
                 "desk restarts inner in 10ms after failure 1: tally: std::runtime_error: boom"});
}

TEST_CASE("supervisor: one above that gives up takes those below with it") {
  by_hand on;
  supervisor inner{on.boss, on.child("inner")};
  inner.spawn(on.child("below"), tally, 0);
  auto options = on.child("tally");
  options.restarts = 0;
  on.send(on.boss.spawn(options, tally, 0), fail_atom_v);
  on.sys.run_all();
  CHECK_THROWS_AS(on.boss.ended().get(), supervision_failed);
  CHECK(inner.ended().done());
  CHECK_NOTHROW(inner.ended().get());
  CHECK_THROWS_AS(inner.spawn({}, tally, 0), shutdown_error);
}

TEST_CASE("supervisor: one for all stops and starts supervisors, too") {
  by_hand on{restart_strategy::one_for_all};
  supervisor inner{on.boss, on.child("inner"), on.options("inner", restart_strategy::one_for_one)};
  auto below = inner.spawn(on.child("below"), tally, 0);
  auto t = on.boss.spawn(on.child("tally"), tally, 0);
  on.send(below, add_atom_v, 1);
  on.sys.run_all();
  on.send(t, fail_atom_v);
  on.sys.run_all();
  on.send(below, add_atom_v, 10);
  CHECK(inner.children()[0].now == state::restarting);
  on.await_restart();
  CHECK(on.answer(below, get_atom_v) == "10");
}

TEST_CASE("supervisor: one that ends by itself is no failure of the one above") {
  by_hand on;
  {
    supervisor inner{on.boss, on.child("inner")};
    on.sys.run_all();
    CHECK(on.boss.children().size() == 1);
  }
  on.sys.run_all();
  CHECK(on.boss.children().empty());
  CHECK(on.log == texts{"desk: inner has ended"});
}

// -- the end ------------------------------------------------------------------------------------------

TEST_CASE("supervisor: it ends its children, the last one first") {
  texts ends;
  auto says = [&ends](caf::event_based_actor* self, std::string name) -> caf::behavior {
    self->attach_functor([&ends, name] { ends.push_back(name); });
    return {[](put_atom) {}};
  };
  by_hand on;
  for (auto name : {"first", "second", "third"})
    on.boss.spawn(on.child(name), says, std::string(name));
  on.sys.run_all();
  on.boss.stop();
  CHECK(ends == texts{"third", "second", "first"});
  CHECK(on.boss.ended().done());
  CHECK_NOTHROW(on.boss.ended().get());
  CHECK_NOTHROW(on.boss.stop());
}

TEST_CASE("supervisor: its end does not wait for the restart of a child") {
  by_hand on;
  auto t = on.boss.spawn(on.child("tally"), tally, 0);
  on.send(t, fail_atom_v);
  on.sys.run_all();
  caf::scoped_actor self{on.sys.caf()};
  auto question = self->request(t, caf::infinite, get_atom_v);
  on.boss.stop();
  question.receive([](int) { FAIL("nobody was there to answer"); },
                   [](caf::error& e) { CHECK(e == caf::sec::request_receiver_down); });
}

TEST_CASE("supervisor: an actor that does not end when told to is left to itself") {
  by_hand on;
  auto started = std::make_shared<int>(0);
  auto nobody = on.sys.spawn([](caf::event_based_actor* self) -> caf::behavior {
    auto never = std::make_shared<caf::response_promise>();
    return {[=](get_atom) { *never = self->make_response_promise(); }};
  });
  auto deaf = [=](caf::event_based_actor* self) -> caf::behavior {
    if (++*started == 1)
      self->request(nobody, 3600s, get_atom_v).await([](int) {});
    return {[](get_atom) { return 3; }};
  };
  supervisor inner{on.sys,
                   {.name = "inner",
                    .strategy = restart_strategy::one_for_all,
                    .log = [&](auto& e) { on.log.push_back(to_string(e)); },
                    .patience = 2s}};
  auto d = inner.spawn(on.child("deaf"), deaf);
  auto t = inner.spawn(on.child("tally"), tally, 0);
  on.sys.run_all();
  on.send(t, fail_atom_v);
  on.sys.advance(1s);
  CHECK(inner.children()[1].now == state::restarting);
  on.sys.advance(1s);
  CHECK(inner.children()[1].now == state::running);
  CHECK(on.log.back() == "inner: deaf does not finish its message");
  CHECK(on.answer(d, get_atom_v) == "3");
}

TEST_CASE("supervisor: it cannot be made to wait for itself") {
  by_hand on;
  auto options = on.child("tally");
  options.on_failure = [&](const child_failure&) {
    CHECK_THROWS_AS(on.boss.stop(), would_deadlock);
    return directive::restart;
  };
  on.send(on.boss.spawn(options, tally, 0), fail_atom_v);
  on.sys.run_all();
  CHECK(on.boss.children()[0].now == state::restarting);
}

// -- wrong options ------------------------------------------------------------------------------------

TEST_CASE("supervisor: options that make no sense") {
  by_hand on;
  auto wrong = [&](auto change) {
    child_options o;
    change(o);
    CHECK_THROWS_AS(on.boss.spawn(o, tally, 0), std::invalid_argument);
  };
  wrong([](auto& o) { o.restarts = -1; });
  wrong([](auto& o) { o.within = -1s; });
  wrong([](auto& o) { o.when_spent = directive::restart; });
  wrong([](auto& o) { o.delay.factor = 0; });
  CHECK_THROWS_AS((supervisor{on.sys, {.patience = -1ms}}), std::invalid_argument);
  CHECK(on.boss.children().empty());
}
