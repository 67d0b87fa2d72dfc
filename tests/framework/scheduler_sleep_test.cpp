#include <atomic>
#include <chrono>
#include <ctime>
#include <random>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/future/parker.hpp"
#include "mailroom/messaging/ask.hpp"
#include "support/schedulers.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// When threads of a scheduler sleep, and that they are woken.

namespace {

constexpr int less = sanitized ? 10 : 1; // where everything takes long

caf::behavior echo() {
  return {[](int n) { return n; }};
}

} // namespace

TEST_CASE_TEMPLATE("scheduler: no wake-up is lost", S, MAILROOM_SCHEDULERS) {
  // A message from outside as soon as the last has been handled, or a little later: before, while
  // and after threads fall asleep. CAF's own stealing needs 100 us for each.
  constexpr int messages = (S::kind == scheduling::stealing ? 2'000 : 100'000) / less;
  auto seed = std::random_device{}();
  CAPTURE(seed);
  std::minstd_rand random{seed};
  for (int threads : {1, 3}) {
    CAPTURE(threads);
    std::atomic<int> came{0};
    mailroom::system sys{{.threads = threads, .scheduler = S::kind}};
    auto back = sys.spawn(
      [&](caf::event_based_actor*) -> caf::behavior { return {[&](put_atom) { ++came; }}; });
    auto front = sys.spawn([=](caf::event_based_actor* self) -> caf::behavior {
      return {[=](put_atom) { self->send(back, put_atom_v); }};
    });
    for (int n = 1; n <= messages / 2; ++n) {
      caf::anon_send(n % 2 == 0 ? front : back, put_atom_v);
      auto end = std::chrono::steady_clock::now() + limit;
      for (detail::spin wait; came < n && std::chrono::steady_clock::now() < end;)
        if (!wait())
          wait = detail::spin{};
      REQUIRE(came == n);
      for (auto pauses = random() % 40; pauses > 0; --pauses)
        detail::relax();
    }
  }
}

TEST_CASE_TEMPLATE("scheduler: two that wait for each other both run", S, MAILROOM_SCHEDULERS) {
  // The thread that finds the first must not keep the second from being found.
  constexpr int meetings = (S::kind == scheduling::stealing ? 500 : 20'000) / less;
  auto seed = std::random_device{}();
  CAPTURE(seed);
  std::minstd_rand random{seed};
  std::atomic<int> came{0};
  mailroom::system sys{{.threads = 2, .scheduler = S::kind}};
  auto meet = [&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int round) { // waits for the other, but not for ever
      auto end = std::chrono::steady_clock::now() + limit;
      for (++came; came < 2 * round && std::chrono::steady_clock::now() < end;)
        std::this_thread::yield();
      return came >= 2 * round;
    }};
  };
  auto a = sys.spawn(meet);
  auto b = sys.spawn(meet);
  detail::visit visit;
  caf::scoped_actor self{sys.caf()};
  for (int round = 1; round <= meetings; ++round) {
    auto pause = [&] {
      for (auto pauses = random() % 300; pauses > 0; --pauses)
        detail::relax();
    };
    self->send(a, round);
    pause();
    self->send(b, round);
    for (int answers = 0; answers < 2; ++answers)
      self->receive([](bool met) { REQUIRE(met); });
    pause();
  }
}

TEST_CASE("scheduler: threads without work sleep"
          * doctest::skip(sanitized)) { // whose own threads do not
  auto used = [] {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
  };
  for (auto kind : {scheduling::sharing, scheduling::parking}) {
    mailroom::system sys{{.threads = 8, .scheduler = kind}};
    std::vector<caf::actor> actors;
    for (int i = 0; i < 100; ++i)
      caf::anon_send(actors.emplace_back(sys.spawn(echo)), i);
    for (auto& a : actors)
      CHECK(ask<int>(sys, a, limit, 1) == 1);
    auto before = used();
    CHECK_FALSE(sync::event{"nothing"}.wait_for(200ms));
    CHECK(used() - before < 1ms);
  }
}
