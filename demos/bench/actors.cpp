#include <chrono>

#include "actors/account/actor.hpp"
#include "actors/account/locked.hpp"
#include "actors/counter/actor.hpp"
#include "actors/counter/atomic.hpp"
#include "actors/counter/locked.hpp"
#include "bench/benches.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::benches {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t additions = 100'000;
constexpr int questions = 1'000;

/// Two workers add 1 to the same counter; returns the cost of an addition.
double add_by_messages() {
  mailroom::system sys;
  auto total = sys.spawn(counter, 0);
  auto add = [&] {
    std::vector<caf::actor> team{sys.spawn(adder, total, additions),
                                 sys.spawn(adder, total, additions)};
    await_end(sys, team, std::chrono::steady_clock::now() + 1min);
  };
  return nanoseconds(add) / (2.0 * additions);
}

template <class Counter>
double add_from_threads() {
  Counter total;
  auto add = [&] {
    for (std::int64_t i = 0; i < additions; ++i)
      total.add(1);
  };
  auto add_from_two = [&] {
    sync::thread a{"A", add};
    sync::thread b{"B", add};
  };
  return nanoseconds(add_from_two) / (2.0 * additions);
}

/// One thread withdraws and hears whether it got the money; returns the cost of knowing.
double withdraw_by_asking() {
  mailroom::system sys;
  auto mine = sys.spawn(account, questions);
  auto withdraw = [&] {
    for (int i = 0; i < questions; ++i)
      ask<bool>(sys, mine, 10s, withdraw_atom_v, std::int64_t{1});
  };
  return nanoseconds(withdraw) / questions;
}

double withdraw_under_lock() {
  constexpr int more = 1'000 * questions; // a thousand times quicker: for a round as long
  lock_based::account mine{more};
  auto withdraw = [&] {
    for (int i = 0; i < more; ++i)
      mine.withdraw(1);
  };
  return nanoseconds(withdraw) / more;
}

} // namespace

std::vector<compare::benchmark> actors() {
  return {
    {"actors",
     "counter, two add",
     "ns",
     {"actor", add_by_messages},
     {{"locked", add_from_threads<lock_based::counter>},
      {"atomic", add_from_threads<atomics::counter>}}},
    {"actors",
     "account, withdraw and wait",
     "ns",
     {"actor", withdraw_by_asking},
     {{"locked", withdraw_under_lock}}},
  };
}

} // namespace mailroom::benches
