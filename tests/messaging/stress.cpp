// Agents under everything at once: messages, questions taken back, transactions, agents that are
// stopped and replaced, for as many seconds as the argument says. Prints its seed. Money moves
// between accounts, and none may get lost.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "mailroom/messaging/transact.hpp"

using namespace mailroom;

namespace {

using generator = std::mt19937_64;

constexpr std::size_t accounts = 6;
constexpr long each_has = 1000;

struct bank {
  explicit bank(mailroom::system& sys) {
    for (std::size_t i = 0; i < accounts; ++i)
      all[i] = std::make_unique<agent<long>>(
        sys, each_has, agent_options{.capacity = i % 3 * 4, .callers_run = i % 2 == 0});
  }
  std::array<std::unique_ptr<agent<long>>, accounts> all;
  std::atomic<long> told{0}; // what messages of tell are to add, in the end
};

/// Waits. That it would do so for ever may be true: agents ask each other here.
template <class T>
void await(const future<T>& f) {
  try {
    f.get();
  } catch (const would_deadlock&) {
  }
}

/// Does one thing at random.
void do_something(bank& b, generator& random) {
  auto pick = [&] { return random() % accounts; };
  auto& one = *b.all[pick()];
  auto& other = *b.all[pick()];
  switch (random() % 6) {
    case 0:
      b.told.fetch_add(1, std::memory_order_relaxed);
      one.tell([](long& n) { ++n; });
      break;
    case 1: await(one.ask([](long& n) { return n; })); break;
    case 2:
      if (auto f = one.ask([&b](long& n) {
            ++n;
            b.told.fetch_add(1, std::memory_order_relaxed);
          });
          random() % 2 == 0)
        f.cancel();
      break;
    case 3:
      if (&one != &other)
        await(transact(one, other, [](long& x, long& y) {
          --x;
          ++y;
        }));
      break;
    case 4:
      if (&one != &other)
        if (auto f = transact(one, other, [](long& x, long& y) { std::swap(x, y); });
            random() % 2 == 0)
          f.cancel();
      break;
    default: // an agent that asks another one: it may close a ring, and be told so
      one.tell([&other](long&) {
        try {
          other.ask([](long&) {}).get();
        } catch (const would_deadlock&) {
        }
      });
  }
}

} // namespace

int main(int argc, char** argv) {
  auto seconds = argc > 1 ? std::atoi(argv[1]) : 5;
  auto seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device{}();
  fmt::print("seed {}\n", seed);
  std::fflush(stdout);
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  generator random{seed};
  long rounds = 0;
  while (std::chrono::steady_clock::now() < end) {
    mailroom::system sys{{.threads = static_cast<int>(1 + random() % 3)}};
    bank b{sys};
    {
      std::vector<std::jthread> team;
      for (int i = 0; i < 3; ++i)
        team.emplace_back([&b, mine = generator{random()}]() mutable {
          for (int k = 0; k < 3000; ++k)
            do_something(b, mine);
        });
    }
    for (auto& a : b.all)
      while (a->size() > 0)
        std::this_thread::yield();
    // Transactions nobody has waited for may still move money: so all at once.
    auto& [a1, a2, a3, a4, a5, a6] = b.all;
    auto add = [](auto... balance) { return (... + balance); };
    auto sum = transact(*a1, *a2, *a3, *a4, *a5, *a6, add).get();
    auto due = static_cast<long>(accounts) * each_has + b.told;
    if (sum != due) {
      fmt::print("round {}: there should be {}, and there is {}\n", rounds, due, sum);
      return EXIT_FAILURE;
    }
    // Whoever is stopped drops what it has; nobody waits for ever.
    for (auto& a : b.all)
      a->tell([](long& n) { n = 0; });
    for (auto& a : b.all)
      a->stop();
    ++rounds;
  }
  fmt::print("{} rounds\n", rounds);
}
