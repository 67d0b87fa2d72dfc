#include <atomic>
#include <memory>
#include <numeric>
#include <stdexcept>

#include <doctest/doctest.h>

#include "actors/crew/actor.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/barrier.hpp"
#include "mailroom/sync/event.hpp"
#include "mailroom/sync/latch.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

using answer = decltype(std::declval<caf::scoped_actor>()->request(
  std::declval<crew_actor>(), caf::infinite, std::declval<crew_job>()));

/// Submits jobs and hears of their end later.
class customer {
public:
  customer(mailroom::system& sys, crew_actor crew) : self_(sys.caf()), crew_(std::move(crew)) {}

  answer submit(std::function<void()> run) {
    return self_->request(crew_, caf::infinite, crew_job{std::move(run)});
  }

  std::vector<answer> submit(int jobs, const std::function<void()>& run) {
    std::vector<answer> answers;
    for (int i = 0; i < jobs; ++i)
      answers.push_back(submit(run));
    return answers;
  }

private:
  detail::visit visit_;
  caf::scoped_actor self_;
  crew_actor crew_;
};

/// Waits for an answer. Returns the error that came instead, or none.
caf::error outcome(answer response) {
  caf::error failure;
  response.receive([](done_atom) {}, [&](caf::error& e) { failure = std::move(e); });
  return failure;
}

std::string text_of(const caf::error& e) {
  return e.context().match_elements<std::string>() ? e.context().get_as<std::string>(0) : "";
}

/// Waits until there are no actors left; if they stay, the test times out.
void await_nobody(mailroom::system& sys) {
  detail::visit visit;
  caf::scoped_actor self{sys.caf()};
  self->await_all_other_actors_done();
}

} // namespace

// -- jobs -----------------------------------------------------------------------------------------------

TEST_CASE("crew: every job runs once, whatever the number of workers") {
  for (int workers : {1, 2, 3, 7}) {
    std::vector<std::atomic<int>> runs(500);
    mailroom::system sys;
    customer me{sys, hire(sys, workers)};
    std::vector<answer> answers;
    for (auto& n : runs)
      answers.push_back(me.submit([&n] { ++n; }));
    for (auto& each : answers)
      CHECK(!outcome(each));
    for (auto& n : runs)
      CHECK(n == 1);
  }
}

TEST_CASE("crew: jobs start in the order in which they were submitted") {
  std::vector<int> order;
  mailroom::system sys;
  customer me{sys, hire(sys, 1)};
  for (int i = 0; i < 99; ++i)
    me.submit([&, i] { order.push_back(i); });
  REQUIRE(!outcome(me.submit([&] { order.push_back(99); })));
  std::vector<int> expected(100);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(order == expected);
}

TEST_CASE("crew: quick jobs overtake a slow one") {
  sync::event last_is_done;
  mailroom::system sys;
  customer me{sys, hire(sys, 2)};
  auto slow = me.submit([&] { last_is_done.wait(); });
  for (auto& quick : me.submit(10, [] {}))
    CHECK(!outcome(quick));
  last_is_done.set();
  CHECK(!outcome(slow));
}

TEST_CASE("crew: as many jobs run at a time as there are workers") {
  for (int workers : {1, 2, 3, 7}) {
    sync::barrier meeting{workers};
    mailroom::system sys;
    customer me{sys, hire(sys, workers)};
    for (auto& each : me.submit(3 * workers, [&] { meeting.arrive_and_wait(); }))
      CHECK(!outcome(each));
  }
}

TEST_CASE("crew: what a job throws reaches its asker, and the crew goes on") {
  mailroom::system sys;
  customer me{sys, hire(sys, 1)};
  auto thrown = outcome(me.submit([] { throw std::runtime_error("no flour left"); }));
  CHECK(thrown == caf::sec::runtime_error);
  CHECK(text_of(thrown) == "no flour left");
  CHECK(text_of(outcome(me.submit([] { throw 7; }))) == "not a std::exception");
  CHECK(text_of(outcome(me.submit(nullptr))) == "bad_function_call");
  CHECK(!outcome(me.submit([] {})));
}

TEST_CASE("crew: a thread that asks gets the text as an exception") {
  mailroom::system sys;
  auto crew = hire(sys, 1);
  ask<done_atom>(sys, crew, 10s, crew_job{[] {}});
  crew_job bad{[] { throw std::runtime_error("no flour left"); }};
  CHECK_THROWS_WITH_AS(ask<done_atom>(sys, crew, 10s, bad), doctest::Contains("no flour left"),
                       system_error);
}

TEST_CASE("crew: a job is gone when its answer is here") {
  mailroom::system sys;
  customer me{sys, hire(sys, 2)};
  for (int i = 0; i < 100; ++i) {
    auto held = std::make_shared<int>(i);
    CHECK(!outcome(me.submit([copy = held] { ++*copy; })));
    CHECK(held.use_count() == 1);
  }
}

TEST_CASE("crew: needs somebody to work") {
  mailroom::system sys;
  for (int workers : {0, -1, 1025})
    CHECK_THROWS_AS(hire(sys, workers), std::invalid_argument);
  CHECK(sys.running() == 0);
}

// -- the end --------------------------------------------------------------------------------------------

TEST_CASE("crew: told to end, it finishes what runs and drops what waits") {
  for (auto reason : {caf::exit_reason::user_shutdown, caf::exit_reason::kill}) {
    sync::latch running{2};
    sync::event go_on;
    std::atomic<int> finished = 0;
    mailroom::system sys;
    {
      auto crew = hire(sys, 2);
      customer me{sys, crew};
      auto slow = me.submit(2, [&] {
        running.count_down();
        go_on.wait();
        ++finished;
      });
      running.wait();
      auto waiting = me.submit(5, [&] { ++finished; });
      // Somebody from outside takes the first one: so the foreman has seen them.
      crew_worker_actor helper = sys.spawn(
        [] { return crew_worker_actor::behavior_type{[](crew_job&) { return done_atom_v; }}; });
      caf::anon_send(crew, get_atom_v, helper);
      CHECK(!outcome(waiting[0]));
      caf::anon_send_exit(crew, reason);
      for (std::size_t i = 1; i < waiting.size(); ++i)
        CHECK(outcome(waiting[i]) == caf::sec::request_receiver_down);
      CHECK(outcome(me.submit([&] { ++finished; }))); // too late
      go_on.set();
      for (auto& each : slow)
        CHECK(!outcome(each));
    }
    await_nobody(sys);
    CHECK(finished == 2);
  }
}

TEST_CASE("crew: ends with the system, and askers hear of it") {
  sync::event in_job;
  sync::event asked;
  sync::event go_on;
  std::atomic<int> failed = 0;
  {
    mailroom::system sys;
    auto crew = hire(sys, 1);
    caf::anon_send(crew, crew_job{[&] {
                     in_job.set();
                     go_on.wait();
                   }});
    in_job.wait();
    detail::visit visit;
    // Not the system's own, so it is not told to end: it ends when it has heard of all.
    sys.caf().spawn([&, crew](caf::event_based_actor* self) {
      for (int i = 0; i < 3; ++i)
        self->request(crew, caf::infinite, crew_job{[] {}})
          .then([](done_atom) {},
                [&](const caf::error&) {
                  if (++failed == 3)
                    go_on.set();
                });
      asked.set();
    });
    asked.wait();
  }
  CHECK(failed == 3);
}

TEST_CASE("crew: runs what was submitted, and ends when nobody can submit any more") {
  std::atomic<int> runs = 0;
  mailroom::system sys;
  for (int round = 0; round < 20; ++round) {
    auto crew = hire(sys, 3);
    for (int i = 0; i < 10; ++i)
      caf::anon_send(crew, crew_job{[&] { ++runs; }});
  }
  await_nobody(sys);
  CHECK(runs == 200);
}

TEST_CASE("crew: ends in the middle of its work without leaving an asker behind") {
  mailroom::system sys;
  for (int round = 0; round < 300; ++round) {
    auto crew = hire(sys, 1 + round % 3);
    customer me{sys, crew};
    auto answers = me.submit(20, [] {});
    caf::anon_send_exit(crew, caf::exit_reason::kill);
    for (auto& each : answers)
      outcome(each); // one or the other; what counts is that it comes
  }
  await_nobody(sys);
  CHECK(sys.running() == 0);
}
