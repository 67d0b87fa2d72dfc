#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <thread>

#include <doctest/doctest.h>

#include "actors/account/actor.hpp"
#include "actors/account/locked.hpp"
#include "actors/account/naive_actor.hpp"
#include "actors/account/racy.hpp"
#include "actors/account/step_locked.hpp"
#include "actors/counter/actor.hpp"
#include "actors/counter/locked.hpp"
#include "actors/counter/racy.hpp"
#include "explore/random_histories.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/locking/locked.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/barrier.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;
using explore::linearize;
using verdict = explore::linearized::verdict;
using ending = explore::ending;

namespace {

template <class Specification>
using history_of = explore::history<typename Specification::input, typename Specification::output>;

/// Lets as many real threads make calls: `input(random)` chooses one, `call(input)` does it. The
/// calls of a round have all begun before any is done, so they overlap without luck.
template <class Specification, class Input, class Call>
calls_of<Specification> recorded(const Specification&, int clients, int rounds, Input input,
                                 Call call) {
  history_of<Specification> h{clients};
  {
    sync::barrier round{clients};
    std::vector<std::jthread> threads;
    for (int me = 0; me < clients; ++me)
      threads.emplace_back([&, me] {
        random_source random{static_cast<unsigned>(me) + 1};
        for (int i = 0; i < rounds; ++i) {
          auto in = input(random);
          h.record(me, in, [&] {
            round.arrive_and_wait();
            return call(in);
          });
        }
      });
  }
  auto calls = h.calls();
  std::uint64_t end = 0;
  std::size_t overlapping = 0;
  for (auto& one : calls) {
    overlapping += one.begin < end ? 1 : 0;
    end = std::max(end, one.end);
  }
  CHECK(overlapping >= static_cast<std::size_t>((clients - 1) * rounds));
  return calls;
}

template <class Specification>
void check(const Specification& spec, const calls_of<Specification>& calls) {
  auto result = linearize(spec, calls);
  INFO(result.why);
  CHECK(result.found == verdict::yes);
}

/// Does with an account what a call says.
template <class Account>
account_spec::output apply(Account& account, const account_spec::input& in) {
  switch (in.what) {
    case account_spec::kind::withdraw: return account.withdraw(in.amount);
    case account_spec::kind::deposit: account.deposit(in.amount); return done;
    default: return account.balance();
  }
}

template <class Counter>
counter_spec::output apply(Counter& counter, const counter_spec::input& in) {
  if (!in.add)
    return counter.value();
  counter.add(*in.add);
  return done;
}

account_spec::output ask_account(mailroom::system& sys, const account_actor& account,
                                 const account_spec::input& in) {
  switch (in.what) {
    case account_spec::kind::withdraw:
      return ask<bool>(sys, account, 30s, withdraw_atom_v, in.amount);
    case account_spec::kind::deposit:
      ask<void>(sys, account, 30s, deposit_atom_v, in.amount);
      return done;
    default: return ask<std::int64_t>(sys, account, 30s, get_atom_v);
  }
}

/// Any call, all of one account.
account_spec::input any_of_one(random_source& random) {
  auto in = any_input(account_spec{}, random);
  in.account = 0;
  return in;
}

} // namespace

// -- locks and actors under real threads --------------------------------------------------------------

TEST_CASE("linearizability: the locked account, under two to four threads") {
  for (int clients : {2, 3, 4}) {
    CAPTURE(clients);
    lock_based::account account{100};
    check(account_spec{100}, recorded(account_spec{}, clients, 1000, any_of_one,
                                      [&](auto& in) { return apply(account, in); }));
  }
}

TEST_CASE("linearizability: the locked counter, under four threads") {
  lock_based::counter counter;
  auto any = [](auto& random) { return any_input(counter_spec{}, random); };
  check(counter_spec{},
        recorded(counter_spec{}, 4, 1000, any, [&](auto& in) { return apply(counter, in); }));
}

TEST_CASE("linearizability: the actor's account, asked by four threads") {
  mailroom::system sys;
  auto shared = sys.spawn(account, 100);
  check(account_spec{100}, recorded(account_spec{}, 4, 500, any_of_one,
                                    [&](auto& in) { return ask_account(sys, shared, in); }));
}

namespace {

/// Adds and looks, `left` times, with one question after the other under way.
void use_counter(caf::event_based_actor* self, const counter_actor& counter,
                 history_of<counter_spec>& h, int client, int left) {
  if (left == 0)
    return;
  if (left % 2 == 0) {
    auto mine = h.begin(client, counter_spec::add(1));
    self->request(counter, caf::infinite, add_atom_v, std::int64_t{1}).then([=, &h] {
      h.end(mine, done);
      use_counter(self, counter, h, client, left - 1);
    });
  } else {
    auto mine = h.begin(client, counter_spec::value());
    self->request(counter, caf::infinite, get_atom_v).then([=, &h](std::int64_t value) {
      h.end(mine, value);
      use_counter(self, counter, h, client, left - 1);
    });
  }
}

} // namespace

TEST_CASE("linearizability: the actor's counter, asked by actors that do not wait") {
  mailroom::system sys;
  auto shared = sys.spawn(counter, 0);
  history_of<counter_spec> h{4};
  std::vector<caf::actor> clients;
  for (int me = 0; me < 4; ++me)
    clients.push_back(sys.spawn([&h, shared, me](caf::event_based_actor* self) {
      use_counter(self, shared, h, me, 500); // two at a time
      use_counter(self, shared, h, me, 500);
    }));
  REQUIRE(await_end(sys, clients, std::chrono::steady_clock::now() + 60s) == 0);
  CHECK(h.calls().size() == 4000);
  check(counter_spec{}, h.calls());
}

TEST_CASE("linearizability: a question that timed out may have been heard") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto shared = sys.spawn(account, 100);
  history_of<account_spec> h{2};
  h.begin(0, account_spec::withdraw(75));
  sys.spawn([&](caf::event_based_actor* self) { // who asks and is gone before the answer
    self->send(shared, withdraw_atom_v, std::int64_t{75});
    self->quit();
  });
  auto look = h.begin(1, account_spec::balance());
  sys.run_all();
  sys.spawn([&](caf::event_based_actor* self) {
    self->request(shared, caf::infinite, get_atom_v).then([&](std::int64_t balance) {
      h.end(look, balance);
    });
  });
  sys.run_all();
  CHECK(std::get<std::int64_t>(*h.calls().at(1).answer) == 25);
  check(account_spec{100}, h.calls());
}

// -- the racy ones, made to race ----------------------------------------------------------------------

namespace {

/// 100 in the account, two want 75 each.
template <class Account>
void two_withdrawals() {
  Account account{100};
  history_of<account_spec> h{2};
  auto customer = [&](int me) {
    return [&account, &h, me] {
      h.record(me, account_spec::withdraw(75), [&] { return account.withdraw(75); });
    };
  };
  { sync::thread a{"A", customer(0)}, b{"B", customer(1)}; }
  auto result = linearize(account_spec{100}, h.calls());
  explore::ensure(result.found == verdict::yes, "\n" + result.why);
}

/// Two add one each, then somebody looks.
template <class Counter>
void two_additions() {
  Counter counter;
  history_of<counter_spec> h{3};
  auto add = [&](int me) {
    return [&counter, &h, me] { h.record(me, counter_spec::add(1), [&] { counter.add(1); }); };
  };
  { sync::thread a{"A", add(0)}, b{"B", add(1)}; }
  h.record(2, counter_spec::value(), [&] { return counter.value(); });
  auto result = linearize(counter_spec{}, h.calls());
  explore::ensure(result.found == verdict::yes, "\n" + result.why);
}

const char* const money_given_twice = R"(
state 100
A            B
withdraw 75
|            withdraw 75
-> true      |
             -> true
B: withdraw 75 -> true has no explanation; false would have one
)";

} // namespace

TEST_CASE("linearizability: the racy account gives the money twice, and is refuted") {
  auto run = explore::replay(two_withdrawals<racy::account>, "ABAB");
  CHECK(run.end == ending::violated);
  CHECK(run.why == money_given_twice);
  CHECK(explore::replay(two_withdrawals<racy::account>, "AAB").end == ending::fine);
}

TEST_CASE("linearizability: so is the one that locks each step, and the locked one is not") {
  CHECK(explore::replay(two_withdrawals<step_locked::account>, "AABBAABB").why
        == money_given_twice);
  CHECK(explore::replay(two_withdrawals<lock_based::account>, "AABB").end == ending::fine);
}

TEST_CASE("linearizability: the racy counter loses an update, and is refuted") {
  auto run = explore::replay(two_additions<racy::counter>, "ABBA");
  CHECK(run.end == ending::violated);
  CHECK(run.why == R"(
state 0
A        B        C
add 1
|        add 1
|        -> done
-> done
                  value
                  -> 1
C: value -> 1 has no explanation; 2 would have one
)");
  CHECK(explore::replay(two_additions<racy::counter>, "AABB").end == ending::fine);
  CHECK(explore::replay(two_additions<lock_based::counter>, "AABB").end == ending::fine);
}

TEST_CASE("linearizability: naive actors that get and put are refuted as well") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto balance = sys.spawn(cell, 100);
  history_of<account_spec> h{2};
  std::array tickets{h.begin(0, account_spec::withdraw(75)),
                     h.begin(1, account_spec::withdraw(75))};
  for (auto mine : tickets)
    sys.spawn(naive_customer, balance, 75, 1ms, [&h, mine](bool yes) { h.end(mine, yes); });
  sys.run_all();    // both get
  sys.advance(1ms); // both put
  auto result = linearize(account_spec{100}, h.calls());
  CHECK("\n" + result.why == money_given_twice);
}

// -- speed --------------------------------------------------------------------------------------------

namespace {

template <class Specification>
void check_and_tell_time(std::string_view what, const Specification& spec,
                         const calls_of<Specification>& calls, verdict expected) {
  auto start = std::chrono::steady_clock::now();
  auto result = linearize(spec, calls);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CHECK(result.found == expected);
  MESSAGE(what << ": " << calls.size() << " calls, " << result.configurations << " configurations, "
               << took.count() << " s");
}

} // namespace

TEST_CASE("linearizability: ten thousand calls on a map of a hundred keys, by four threads") {
  locked<std::map<int, int>> shared;
  auto any = [](auto& random) { return any_map_input(100, random); };
  auto calls = recorded(map_spec{}, 4, 2500, any, [&](auto& in) {
    return shared.with([&](auto& all) { return whole_map_spec{}.apply(all, in); });
  });
  check_and_tell_time("a map, by key", map_spec{}, calls, verdict::yes);
  calls.back().answer.emplace(-1);
  check_and_tell_time("a wrong map, by key", map_spec{}, calls, verdict::no);
  if (!sanitized) // each of its states is a map
    check_and_tell_time("a wrong map, as a whole", whole_map_spec{}, calls, verdict::no);
}

TEST_CASE("linearizability: ten thousand calls on a hundred accounts, by four threads") {
  std::vector<locked<std::int64_t>> accounts(100);
  for (auto& one : accounts)
    one.with([](auto& balance) { balance = 100; });
  auto any = [](auto& random) {
    auto in = any_of_one(random);
    in.account = below(random, 100);
    return in;
  };
  auto calls = recorded(account_spec{}, 4, 2500, any, [&](auto& in) {
    return accounts[static_cast<std::size_t>(in.account)].with(
      [&](auto& balance) { return account_spec{}.apply(balance, in); });
  });
  check_and_tell_time("accounts", account_spec{100}, calls, verdict::yes);
  calls.back().answer.emplace(std::int64_t{-1});
  check_and_tell_time("wrong accounts", account_spec{100}, calls, verdict::no);
}

TEST_CASE("linearizability: ten thousand calls that overlap a lot") {
  random_source random{1};
  check_and_tell_time("a map, eight overlap", map_spec{},
                      random_history(map_spec{}, {10'000, 4, 1}, random), verdict::yes);
  check_and_tell_time("a register, eight overlap", register_spec{},
                      random_history(register_spec{}, {10'000, 4, 0}, random), verdict::yes);
}
