// What state in an agent costs, against the same state behind a mutex and in a plain CAF actor.

#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

#include "bench/benches.hpp"
#include "bench/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/messaging/transact.hpp"

namespace mailroom::benches {

namespace {

using namespace std::chrono_literals;

// -- one state ----------------------------------------------------------------------------------------

/// One addition, and perhaps something that takes longer.
template <int Nanoseconds>
void add(std::uint64_t& n) {
  if constexpr (Nanoseconds == 0)
    ++n;
  else
    compute<Nanoseconds>(n);
}

template <int Threads, int Nanoseconds = 0>
constexpr int additions = Nanoseconds == 0 ? 1'000'000 : 50'000'000 / Nanoseconds;

template <int Threads, int Nanoseconds = 0>
double tell() {
  mailroom::system sys;
  agent<std::uint64_t> state{sys};
  constexpr int each = additions<Threads, Nanoseconds> / Threads;
  auto all = [&] {
    in_threads<Threads>([&](int) {
      for (int i = 0; i < each; ++i)
        state.tell([](std::uint64_t& n) { add<Nanoseconds>(n); });
    });
    state.snapshot(); // all is done
  };
  return nanoseconds(all) / (Threads * each);
}

template <int Threads>
double ask_agent() {
  mailroom::system sys;
  agent<std::uint64_t> state{sys};
  constexpr int each = additions<Threads> / Threads;
  auto all = [&] {
    in_threads<Threads>([&](int) {
      for (int i = 0; i < each; ++i)
        state.ask([](std::uint64_t& n) { return ++n; }).get();
    });
  };
  return nanoseconds(all) / (Threads * each);
}

template <int Threads, int Nanoseconds = 0>
double lock_mutex() {
  std::mutex mutex;
  std::uint64_t n = 0;
  constexpr int each = additions<Threads, Nanoseconds> / Threads;
  auto all = [&] {
    in_threads<Threads>([&](int) {
      for (int i = 0; i < each; ++i) {
        std::lock_guard lock{mutex};
        add<Nanoseconds>(n);
      }
    });
  };
  return nanoseconds(all) / (Threads * each);
}

caf::behavior adding_actor(caf::event_based_actor*) {
  auto n = std::make_shared<std::uint64_t>(0);
  return {[n](add_atom) { ++*n; }, [n](get_atom) { return ++*n; }};
}

template <int Threads>
double send_to_actor() {
  mailroom::system sys{{.scheduler = scheduling::stealing}}; // as CAF comes
  auto actor = sys.spawn(adding_actor);
  constexpr int each = additions<Threads> / 5 / Threads;
  auto all = [&] {
    in_threads<Threads>([&](int) {
      detail::visit visit;
      for (int i = 0; i < each; ++i)
        caf::anon_send(actor, add_atom_v);
    });
    ask<std::uint64_t>(sys, actor, 1min, get_atom_v);
  };
  return nanoseconds(all) / (Threads * each);
}

template <int Threads>
double request_from_actor() {
  mailroom::system sys{{.scheduler = scheduling::stealing}};
  auto actor = sys.spawn(adding_actor);
  constexpr int each = 1000 / Threads;
  auto all = [&] {
    in_threads<Threads>([&](int) {
      for (int i = 0; i < each; ++i)
        ask<std::uint64_t>(sys, actor, 1min, get_atom_v);
    });
  };
  return nanoseconds(all) / (Threads * each);
}

// -- a bank -------------------------------------------------------------------------------------------

constexpr std::size_t accounts = 1000;

/// Has two threads call `transfer(from, to)` for accounts drawn at random; returns the cost of one.
template <class Transfer>
double transfers(int each, Transfer transfer) {
  auto all = [&] {
    in_threads<2>([&](int thread) {
      std::minstd_rand random{static_cast<unsigned>(thread) + 1};
      for (int i = 0; i < each; ++i) {
        auto from = random() % accounts;
        auto to = (from + 1 + random() % (accounts - 1)) % accounts;
        transfer(from, to);
      }
    });
  };
  return nanoseconds(all) / (2.0 * each);
}

double transact_among_agents() {
  mailroom::system sys;
  std::vector<std::unique_ptr<agent<std::int64_t>>> bank;
  for (std::size_t i = 0; i < accounts; ++i)
    bank.push_back(std::make_unique<agent<std::int64_t>>(sys, 1000));
  return transfers(200'000, [&](auto from, auto to) {
    transact(*bank[from], *bank[to], [](std::int64_t& a, std::int64_t& b) {
      --a;
      ++b;
    }).get();
  });
}

double lock_both() {
  struct account {
    std::mutex mutex;
    std::int64_t balance = 1000;
  };
  std::vector<account> bank(accounts);
  return transfers(200'000, [&](auto from, auto to) {
    std::scoped_lock lock{bank[from].mutex, bank[to].mutex};
    --bank[from].balance;
    ++bank[to].balance;
  });
}

caf::behavior account_actor(caf::event_based_actor* self) {
  auto balance = std::make_shared<std::int64_t>(1000);
  return {[=](add_atom, const caf::actor& to) {
            --*balance;
            self->send(to, add_atom_v);
          },
          [=](add_atom) { ++*balance; }, [=](get_atom) { return *balance; }};
}

/// No transaction: the money is on its way for a while.
double forward_among_actors() {
  mailroom::system sys{{.scheduler = scheduling::stealing}};
  std::vector<caf::actor> bank;
  for (std::size_t i = 0; i < accounts; ++i)
    bank.push_back(sys.spawn(account_actor));
  constexpr int each = 20'000;
  auto all = [&] {
    transfers(each, [&](auto from, auto to) {
      detail::visit visit;
      caf::anon_send(bank[from], add_atom_v, bank[to]);
    });
    for (auto& a : bank)
      ask<std::int64_t>(sys, a, 1min, get_atom_v); // all has left
  };
  return nanoseconds(all) / (2.0 * each);
}

} // namespace

std::vector<compare::benchmark> agents() {
  return {
    {"agent",
     "tell, one thread",
     "ns",
     {"agent", tell<1>},
     {{"mutex", lock_mutex<1>}, {"caf", send_to_actor<1>}}},
    {"agent",
     "tell, two threads",
     "ns",
     {"agent", tell<2>},
     {{"mutex", lock_mutex<2>}, {"caf", send_to_actor<2>}}},
    {"agent",
     "ask, one thread",
     "ns",
     {"agent", ask_agent<1>},
     {{"mutex", lock_mutex<1>}, {"caf", request_from_actor<1>}}},
    {"agent",
     "ask, two threads",
     "ns",
     {"agent", ask_agent<2>},
     {{"mutex", lock_mutex<2>}, {"caf", request_from_actor<2>}}},
    {"agent",
     "200 ns at a time, two tell",
     "ns",
     {"agent", tell<2, 200>},
     {{"mutex", lock_mutex<2, 200>}}},
    {"agent",
     "1 us at a time, two tell",
     "ns",
     {"agent", tell<2, 1000>},
     {{"mutex", lock_mutex<2, 1000>}}},
    {"agent",
     "transfer among 1000 accounts, two threads",
     "ns",
     {"agent", transact_among_agents},
     {{"scoped_lock", lock_both}, {"caf", forward_among_actors}}},
  };
}

} // namespace mailroom::benches
