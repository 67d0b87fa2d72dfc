#include "mailroom/future/future.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include "executor/support.hpp"
#include "mailroom/trace/threads.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Futures without an executor: a promise plays the one who runs the task. The numbers are those of
// the table in framework/mailroom/executor/README.md.

using flags = std::vector<bool>;
using texts = std::vector<std::string>;

TEST_CASE("#001 future: a callback runs once, with the future, when there is a value") {
  promise<int> p;
  auto f = p.get_future();
  std::vector<int> seen;
  f.add_done_callback([&](const future<int>& g) {
    CHECK(g == f);
    seen.push_back(g.get());
  });
  CHECK(seen.empty());
  p.set_value(5);
  CHECK(seen == std::vector{5});
}

TEST_CASE("#002 future: a callback sees the exception") {
  promise<int> p;
  std::string seen;
  p.get_future().add_done_callback(
    [&](const future<int>& g) { seen = describe(g.exception_for(0s)); });
  p.set_exception(a_mishap("test"));
  CHECK(seen == "mailroom::test::mishap: test");
}

TEST_CASE("#003 future: a callback has run when cancel returns") {
  promise<int> p;
  auto f = p.get_future();
  bool was_cancelled = false;
  f.add_done_callback([&](const future<int>& g) { was_cancelled = g.cancelled(); });
  CHECK(f.cancel());
  CHECK(was_cancelled);
}

TEST_CASE("#004 future: a callback that throws is reported, and the next one runs") {
  listener all;
  promise<int> p;
  auto f = p.get_future();
  bool raising_was_called = false;
  bool next_was_called = false;
  f.add_done_callback([&](const future<int>&) {
    raising_was_called = true;
    throw mishap("doh!");
  });
  f.add_done_callback([&](const future<int>&) { next_was_called = true; });
  CHECK_NOTHROW(p.set_value(5));
  CHECK(raising_was_called);
  CHECK(next_was_called);
  REQUIRE(all.heard().size() == 1);
  CHECK(contains(all.heard()[0], "doh!"));
}

TEST_CASE("#005 future: a callback for a value that is there runs at once, on this thread") {
  promise<int> p;
  p.set_value(5);
  std::thread::id ran_on;
  p.get_future().add_done_callback([&](const future<int>& g) {
    CHECK(g.get() == 5);
    ran_on = std::this_thread::get_id();
  });
  CHECK(ran_on == std::this_thread::get_id());
}

TEST_CASE("#006 future: a callback for what has failed runs at once") {
  promise<int> p;
  p.set_exception(a_mishap("test"));
  std::string seen;
  p.get_future().add_done_callback(
    [&](const future<int>& g) { seen = describe(g.exception_for(0s)); });
  CHECK(seen == "mailroom::test::mishap: test");
}

TEST_CASE("#007 future: a callback for what was cancelled runs at once") {
  promise<int> p;
  auto f = p.get_future();
  CHECK(f.cancel());
  bool was_cancelled = false;
  f.add_done_callback([&](const future<int>& g) { was_cancelled = g.cancelled(); });
  CHECK(was_cancelled);
}

TEST_CASE("#008 future: a callback that throws at once is reported, not thrown at who adds it") {
  listener all;
  promise<int> p;
  p.set_value(5);
  auto f = p.get_future();
  CHECK_NOTHROW(f.add_done_callback([](const future<int>&) { throw mishap("doh!"); }));
  REQUIRE(all.heard().size() == 1);
  CHECK(contains(all.heard()[0], "exception calling callback for " + to_string(f)));
  CHECK(contains(all.heard()[0], "mishap: doh!"));
}

TEST_CASE("#009 future: its text tells the state, and the type of the result") {
  one_in_each_state p;
  auto all = p.each([](const future<int>& f) {
    auto text = to_string(f);
    CHECK(text.starts_with("<future at 0x"));
    return text.substr(text.find(" state="));
  });
  CHECK(all
        == texts{" state=pending>", " state=running>", " state=cancelled>",
                 " state=cancelled and notified>", " state=finished raised mailroom::test::mishap>",
                 " state=finished returned int>"});
  CHECK(to_string(future<int>{}) == "<future without a result>");
}

TEST_CASE("#011 future: what has not begun can be cancelled, and nothing else") {
  one_in_each_state p;
  CHECK(p.each([](const future<int>& f) { return f.cancel(); })
        == flags{true, false, true, true, false, false});
  CHECK(p.pending.get_future().state() == future_state::cancelled);
  CHECK(p.running.get_future().state() == future_state::running);
  CHECK(p.cancelled.get_future().state() == future_state::cancelled);
  CHECK(p.notified.get_future().state() == future_state::cancelled_and_notified);
  CHECK(p.failed.get_future().state() == future_state::finished);
  CHECK(p.succeeded.get_future().state() == future_state::finished);
}

TEST_CASE("#012 future: cancelled, in each state") {
  one_in_each_state p;
  CHECK(p.each([](const future<int>& f) { return f.cancelled(); })
        == flags{false, false, true, true, false, false});
}

TEST_CASE("#013 future: done, in each state") {
  one_in_each_state p;
  CHECK(p.each([](const future<int>& f) { return f.done(); })
        == flags{false, false, true, true, true, true});
}

TEST_CASE("#014 future: running, in each state") {
  one_in_each_state p;
  CHECK(p.each([](const future<int>& f) { return f.running(); })
        == flags{false, true, false, false, false, false});
}

TEST_CASE("#015 future: the result without any time to wait, in each state") {
  one_in_each_state p;
  CHECK(p.each([](const future<int>& f) { return thrown_by([&] { CHECK(f.get_for(0ms) == 42); }); })
        == texts{"timeout_error", "timeout_error", "cancelled_error", "cancelled_error",
                 "test::mishap", ""});
}

namespace {

/// Whether a thread of this process sleeps.
bool asleep(pid_t thread) {
  auto seen = trace::find_thread(thread);
  return seen && seen->state == 'S';
}

/// Lets another thread act when this one sleeps.
class meanwhile {
public:
  explicit meanwhile(std::function<void()> act)
    : thread_([this, act = std::move(act), waiting = gettid()] {
        about_to_wait_.pass();
        CHECK(eventually([&] { return asleep(waiting); }));
        act();
      }) {}

  /// Waits. It must end because it is woken, not because time is up.
  template <class Wait>
  auto operator()(Wait wait) {
    auto before = std::chrono::steady_clock::now();
    about_to_wait_.open();
    auto result = wait();
    CHECK(std::chrono::steady_clock::now() - before < limit);
    return result;
  }

private:
  gate about_to_wait_;
  std::jthread thread_;
};

} // namespace

TEST_CASE("#016 future: who waits is woken by a value") {
  promise<int> p;
  auto f = p.get_future();
  meanwhile other{[&] { p.set_value(42); }};
  CHECK(other([&] { return f.get_for(limit); }) == 42);
}

TEST_CASE("#017 future: who waits is woken by cancelling") {
  promise<int> p;
  auto f = p.get_future();
  meanwhile other{[&, g = f] { g.cancel(); }};
  CHECK(other([&] { return thrown_by([&] { (void)f.get_for(limit); }); }) == "cancelled_error");
}

TEST_CASE("#018 future: the exception without any time to wait, in each state") {
  one_in_each_state p;
  CHECK(p.each([](const future<int>& f) {
    std::exception_ptr e;
    auto thrown = thrown_by([&] { e = f.exception_for(0ms); });
    return thrown.empty() ? describe(e) : thrown;
  })
        == texts{"timeout_error", "timeout_error", "cancelled_error", "cancelled_error",
                 "mailroom::test::mishap: mishap", "nothing"});
}

TEST_CASE("#019 future: who waits for the exception is woken by it") {
  promise<int> p;
  auto f = p.get_future();
  meanwhile other{[&] { p.set_exception(a_mishap("at last")); }};
  CHECK(describe(other([&] { return f.exception_for(limit); }))
        == "mailroom::test::mishap: at last");
}

TEST_CASE("#020 future: a second value is an error that names the state, and changes nothing") {
  promise<int> p;
  auto f = p.get_future();
  p.set_value(1);
  CHECK_THROWS_WITH_AS(p.set_value(2), doctest::Contains("finished returned int"),
                       invalid_state_error);
  CHECK_THROWS_AS(p.set_exception(a_mishap()), invalid_state_error);
  CHECK(f.get() == 1);
}

TEST_CASE("#021 future: a second exception is an error that names the state, and changes nothing") {
  promise<int> p;
  auto f = p.get_future();
  auto first = a_mishap("first");
  p.set_exception(first);
  CHECK_THROWS_WITH_AS(p.set_exception(a_mishap("second")),
                       doctest::Contains("finished raised mailroom::test::mishap"),
                       invalid_state_error);
  CHECK(f.exception() == first);
}

TEST_CASE("#021 future: without an exception it cannot fail") {
  promise<int> p;
  CHECK_THROWS_AS(p.set_exception(nullptr), std::invalid_argument);
  CHECK(p.get_future().state() == future_state::pending);
}

TEST_CASE("#022 future: a snapshot tells all at one moment") {
  one_in_each_state p;
  auto all = p.each([](const future<int>& f) {
    auto s = snapshot_of(f);
    return std::string(s.done ? "done" : "") + (s.cancelled ? " cancelled" : "")
           + (s.value ? " value" : "") + (s.exception ? " exception" : "");
  });
  CHECK(all == texts{"", "", "done cancelled", "done cancelled", "done exception", "done value"});
  CHECK(*snapshot_of(p.succeeded.get_future()).value == 42);
}

TEST_CASE("#022 future: snapshots taken by many threads agree, while the state changes, too") {
  promise<int> p;
  auto f = p.get_future();
  std::atomic<int> torn{0};
  gate go;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 4; ++t)
      all.emplace_back([&] {
        go.pass();
        for (int i = 0; i < 1000; ++i) {
          auto s = snapshot_of(f);
          torn += s.done != (s.value != nullptr) || s.cancelled || s.exception ? 1 : 0;
          torn += s.value && *s.value != 42 ? 1 : 0;
        }
      });
    go.open();
    p.set_value(42);
  }
  CHECK(torn == 0);
}

// -- what Python does not ask -------------------------------------------------------------------------

TEST_CASE("future: an empty one says so, whatever it is asked") {
  future<int> f;
  CHECK_FALSE(f.valid());
  CHECK_THROWS_AS(f.done(), invalid_state_error);
  CHECK_THROWS_AS(f.cancel(), invalid_state_error);
  CHECK_THROWS_AS((void)f.get(), invalid_state_error);
  CHECK_THROWS_AS((void)f.get_for(1ms), invalid_state_error);
  CHECK_THROWS_AS(f.add_done_callback([](const future<int>&) {}), invalid_state_error);
  CHECK_THROWS_AS(wait(std::vector{f}), invalid_state_error);
  CHECK(f == future<int>{});
}

TEST_CASE("future: no result is a timeout, not a result") {
  promise<int> p;
  CHECK_THROWS_WITH_AS((void)p.get_future().get_for(1ms),
                       doctest::Contains("no result in time: <future at 0x"), timeout_error);
}

TEST_CASE("promise: destroyed without a result, it breaks its futures") {
  future<int> f;
  {
    promise<int> p;
    f = p.get_future();
  }
  CHECK_THROWS_AS((void)f.get_for(limit), broken_promise);
}

TEST_CASE("promise: replaced without a result, it breaks its futures") {
  promise<int> p;
  auto f = p.get_future();
  p = promise<int>{};
  CHECK_THROWS_AS((void)f.get_for(limit), broken_promise);
  CHECK_FALSE(p.get_future().done());
}

TEST_CASE("promise: of a cancelled future, destroyed, it tells those who wait") {
  future<int> f;
  {
    promise<int> p;
    f = p.get_future();
    f.cancel();
  }
  CHECK(wait(std::vector{f}, return_when::all_completed, limit).done.size() == 1);
}

TEST_CASE("promise: a value whose constructor throws becomes that exception") {
  struct fragile {
    explicit fragile(int) { throw mishap("fragile"); }
  };
  promise<fragile> p;
  auto f = p.get_future();
  CHECK_NOTHROW(p.set_value(1));
  CHECK(describe(f.exception_for(limit)) == "mailroom::test::mishap: fragile");
}

TEST_CASE("promise: void and references") {
  promise<void> nothing;
  auto done = nothing.get_future();
  nothing.set_value();
  CHECK_NOTHROW(done.get_for(limit));
  int n = 1;
  promise<int&> reference;
  auto f = reference.get_future();
  reference.set_value(n);
  f.get_for(limit) = 2;
  CHECK(n == 2);
}

TEST_CASE("future: what can only be moved is taken once") {
  promise<std::unique_ptr<int>> p;
  auto f = p.get_future();
  p.set_value(std::make_unique<int>(7));
  CHECK(*f.take() == 7);
  CHECK_THROWS_WITH_AS(f.take(), doctest::Contains("taken before"), invalid_state_error);
}

TEST_CASE("future: of two threads that give a result, one is told that it came late") {
  for (int round = 0; round < 200; ++round) {
    promise<int> p;
    auto f = p.get_future();
    std::atomic<int> late{0};
    gate go;
    {
      std::vector<std::jthread> all;
      for (int t = 1; t <= 2; ++t)
        all.emplace_back([&, t] {
          go.pass();
          try {
            p.set_value(t);
          } catch (const invalid_state_error&) {
            ++late;
          }
        });
      go.open();
    }
    CHECK(late == 1);
    CHECK(f.get() > 0);
  }
}
