#include <csignal>

#include <doctest/doctest.h>

#include "mailroom/process/process_pool_executor.hpp"
#include "process/tasks.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// A task's way to a process and back, and what goes wrong on each leg of it.

namespace {

/// A task's way: where something may go wrong.
enum class leg { none, sent, taken, run, answered, received };
enum class mishap_kind { error, exit, signal };

bool this_is_the_pool = false; // stays so in workers

void go_wrong(mishap_kind how) {
  switch (how) {
    case mishap_kind::error: throw std::runtime_error("trapped");
    case mishap_kind::exit: _exit(99);
    case mishap_kind::signal: std::signal(SIGSEGV, SIG_DFL); std::raise(SIGSEGV);
  }
}

/// What goes wrong on one leg, if it comes by there. There, it is an argument; and back, a result.
struct trap {
  leg where = leg::none;
  mishap_kind how = mishap_kind::error;
  bool is_result = false;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, trap& t) {
  auto result = f(t.where, t.how, t.is_result);
  auto here = Inspector::reads_state ? (this_is_the_pool ? leg::sent : leg::answered)
                                     : (this_is_the_pool ? leg::received : leg::taken);
  if (here == t.where && t.is_result == (here == leg::answered || here == leg::received))
    go_wrong(t.how);
  return result;
}

trap spring(trap t) {
  if (t.where == leg::run)
    go_wrong(t.how);
  t.is_result = true;
  return t;
}

} // namespace

TEST_CASE("#115 #117 #121 #124 #125 #143 legs: an error is in the future, and the pool is well") {
  this_is_the_pool = true;
  for (auto policy : {worker_loss::replace, worker_loss::break_pool}) {
    process_pool_executor pool{{.max_workers = 1, .on_loss = policy}};
    auto before = pool.submit(remote<own_process>).get_for(limit);
    for (auto where : {leg::sent, leg::taken, leg::run, leg::answered, leg::received}) {
      CAPTURE(static_cast<int>(where));
      auto f = pool.submit(remote<spring>, trap{where, mishap_kind::error});
      REQUIRE(ends(f));
      CHECK_THROWS_WITH_AS(f.get(), "trapped", std::runtime_error);
    }
    CHECK(pool.submit(remote<own_process>).get_for(limit) == before);
  }
}

TEST_CASE("#094 #116 #118 #119 #120 #122 #123 legs: a process that ends there loses its task") {
  this_is_the_pool = true;
  for (auto how : {mishap_kind::exit, mishap_kind::signal})
    for (auto where : {leg::taken, leg::run, leg::answered}) {
      CAPTURE(static_cast<int>(where));
      CAPTURE(static_cast<int>(how));
      process_pool_executor pool{{.max_workers = 1}};
      auto f = pool.submit(remote<spring>, trap{where, how});
      auto next = pool.submit(remote<own_process>);
      REQUIRE(ends(f));
      try {
        f.get();
        FAIL("a task that was lost has a result");
      } catch (const worker_lost& e) {
        CHECK((e.exit_code() == 99) == (how == mishap_kind::exit));
        CHECK((e.signal() == SIGSEGV) == (how == mishap_kind::signal));
        CHECK(e.process() > 0);
        CHECK(contains(e.what(), how == mishap_kind::exit ? "exited with code 99" : "signal 11"));
      }
      CHECK(ends(next)); // the pool goes on
      CHECK_FALSE(next.exception());
    }
}

TEST_CASE("#116 #118 #119 #120 #122 #123 legs: or breaks the pool, as in Python") {
  this_is_the_pool = true;
  for (auto how : {mishap_kind::exit, mishap_kind::signal})
    for (auto where : {leg::taken, leg::run, leg::answered}) {
      process_pool_executor pool{{.max_workers = 1, .on_loss = worker_loss::break_pool}};
      pool.pause();
      auto f = pool.submit(remote<spring>, trap{where, how});
      auto next = pool.submit(remote<own_process>);
      pool.resume();
      REQUIRE(ends(f));
      REQUIRE(ends(next));
      CHECK_THROWS_AS(f.get(), broken_process_pool);
      CHECK_THROWS_AS(next.get(), broken_process_pool);
      CHECK_THROWS_AS(pool.submit(remote<own_process>), broken_process_pool);
    }
}

TEST_CASE("#127 #128 the end of a pool whose tasks crash") {
  this_is_the_pool = true;
  for (auto where : {leg::sent, leg::taken, leg::run, leg::answered, leg::received})
    for (bool wait : {true, false}) {
      process_pool_executor pool{{.max_workers = 2}};
      bool here = where == leg::sent || where == leg::received;
      auto f =
        pool.submit(remote<spring>, trap{where, here ? mishap_kind::error : mishap_kind::signal});
      pool.shutdown({.wait = wait});
      CHECK(ends(f));
      CHECK(f.exception());
    }
}
