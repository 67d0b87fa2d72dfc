#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/messaging/mailbox.hpp"
#include "mailroom/messaging/timers.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Timers in real time, among real threads.

namespace {

using clock_type = std::chrono::steady_clock;

} // namespace

TEST_CASE("timers: nothing comes early, and all of it comes") {
  struct ring {
    std::chrono::milliseconds due;
    clock_type::time_point at;
  };
  mailroom::system sys;
  mailbox<ring> rings;
  auto begin = clock_type::now();
  auto call = [&](std::chrono::milliseconds due) {
    return [&rings, due] { rings.send({due, clock_type::now()}); };
  };
  timers t{sys};
  t.after(30ms, call(30ms));
  // The two clocks need not agree on a thousandth.
  t.at(std::chrono::system_clock::now() + 21ms, call(20ms));
  t.every(4ms, call(4ms));
  std::map<std::chrono::milliseconds, int> heard;
  while (heard[4ms] < 4 || heard[20ms] < 1 || heard[30ms] < 1) {
    auto r = rings.receive_for(limit);
    REQUIRE(r);
    CHECK(r->at - begin >= ++heard[r->due] * r->due);
  }
  CHECK(heard[20ms] == 1);
  CHECK(heard[30ms] == 1);
}

TEST_CASE("timers: an earlier one wakes an actor that sleeps for a later one") {
  mailroom::system sys;
  timers t{sys};
  for (int i = 0; i < 50; ++i) {
    gate rang;
    auto later = t.after(1h, [] {});
    auto soon = t.after(50us, [&] { rang.open(); });
    rang.pass();
    CHECK(later.cancel());
    CHECK(eventually([&] { return !soon.pending(); })); // until it has let go of the gate
  }
}

TEST_CASE("timers: without a system of one's own") {
  gate rang;
  timers t;
  t.after(1ms, [&] { rang.open(); });
  rang.pass();
}

TEST_CASE("timers: their end waits for the callback that runs, until that is destroyed") {
  mailroom::system sys;
  for (bool repeats : {false, true}) {
    gate begun;
    bool ended = false; // no atomic: whoever waited for the end may look at it
    bool gone = false;
    timer handle;
    {
      timers t{sys};
      t.after(1h, [] {});
      auto slow_to_go = [&](void*) {
        for (int i = 0; i < 100; ++i)
          std::this_thread::yield();
        gone = true;
      };
      auto f = [&, load = std::unique_ptr<void, decltype(slow_to_go)>(&gone, slow_to_go)] {
        begun.open();
        CHECK(eventually([&] { return t.size() == 0; })); // somebody waits for this one to end
        CHECK_FALSE(t.after(0s, [] {}).pending());
        ended = true;
      };
      handle = repeats ? t.every(1ms, std::move(f)) : t.after(1ms, std::move(f));
      begun.pass();
      CHECK(handle.pending());
      CHECK_FALSE(handle.cancel()); // too late
      CHECK(handle.pending());
    }
    CHECK(ended);
    CHECK(gone);
    CHECK_FALSE(handle.pending());
  }
}

TEST_CASE("timers: callbacks are called one at a time") {
  mailroom::system sys{{.threads = 3}};
  int sum = 0; // no atomic either
  mailbox<int> done;
  timers t{sys};
  std::vector<std::thread> setters;
  for (int s = 0; s < 3; ++s)
    setters.emplace_back([&] {
      for (int i = 0; i < 500; ++i)
        t.after(i % 3 * 100us, [&] { done.send(++sum); });
    });
  int last = 0;
  for (int i = 0; i < 1500; ++i)
    last = done.receive_for(limit).value_or(-1);
  CHECK(last == 1500);
  for (auto& s : setters)
    s.join();
}

TEST_CASE("timers: what was cancelled in time has not run, the rest has run once") {
  auto seed = std::random_device{}();
  INFO("seed ", seed);
  constexpr std::size_t many = 4000;
  constexpr std::size_t setters = 2;
  mailroom::system sys;
  // Plain integers: if a callback ran when its timer was cancelled, or its timers ended, it would
  // be a data race.
  std::vector<int> runs(setters * many);
  std::vector<char> cancelled(setters * many);
  {
    timers t{sys};
    std::vector<std::thread> threads;
    for (std::size_t s = 0; s < setters; ++s)
      threads.emplace_back([&, s] {
        std::mt19937_64 random{seed + s};
        for (auto i = s * many; i < (s + 1) * many; ++i) {
          auto delay = std::chrono::microseconds{random() % 60};
          auto handle = t.after(delay, [&runs, i] { ++runs[i]; });
          auto patience = clock_type::now() + std::chrono::microseconds{random() % 120};
          while (clock_type::now() < patience)
            std::this_thread::yield();
          cancelled[i] = handle.cancel() ? 1 : 0;
          if (cancelled[i])
            runs[i] += 100;
        }
      });
    for (auto& thread : threads)
      thread.join();
    CHECK(eventually([&] { return t.size() == 0; }));
  }
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < runs.size(); ++i)
    wrong += runs[i] != (cancelled[i] ? 100 : 1) ? 1 : 0;
  CHECK(wrong == 0);
  auto prevented = std::count(cancelled.begin(), cancelled.end(), 1);
  CHECK(prevented > 0);
  CHECK(prevented < std::ssize(cancelled));
}

TEST_CASE("timers: what is not pending any more does not run, however often it did") {
  mailroom::system sys;
  timers t{sys};
  for (int round = 0; round < 300; ++round) {
    int runs = 0; // no atomic
    gate first;
    auto tick = t.every(20us, [&] {
      if (++runs == 1)
        first.open();
    });
    first.pass();
    tick.cancel();
    CHECK(eventually([&] { return !tick.pending(); }));
    CHECK(runs >= 1);
    runs = -1;
  }
  CHECK(t.size() == 0);
}

TEST_CASE("timers: a hundred thousand are no burden") {
  constexpr int many = 100'000;
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto& clock = dynamic_cast<caf::detail::test_actor_clock&>(sys.caf().clock());
  timers t{sys};
  int called = 0;
  bool in_order = true;
  std::vector<timer> handles;
  std::vector<int> delays(many);
  for (int i = 0; i < many; ++i)
    delays[static_cast<std::size_t>(i)] = i;
  std::shuffle(delays.begin(), delays.end(), std::mt19937_64{42});
  for (int i : delays)
    handles.push_back(t.after(1h + i * 1ms, [&, i] {
      in_order = in_order && i == 2 * called + 1;
      ++called;
    }));
  sys.run_all();
  CHECK(clock.schedule().size() == 1);
  int cancelled = 0;
  for (std::size_t i = 0; i < handles.size(); ++i)
    if (delays[i] % 2 == 0)
      cancelled += handles[i].cancel() ? 1 : 0;
  CHECK(cancelled == many / 2);
  CHECK(t.size() == many / 2);
  sys.advance(2h);
  CHECK(called == many / 2);
  CHECK(in_order);
}
