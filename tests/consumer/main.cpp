// Uses mailroom from outside: a pool, a mailbox, an actor of its own and a ready one.

#include <chrono>
#include <cstdint>
#include <iostream>
#include <mutex>
#include <numeric>
#include <vector>

#include "actors/account/actor.hpp"
#include "actors/checksums/sha256.hpp"
#include "mailroom/mailroom.hpp"

using namespace std::chrono_literals;

namespace {

MAILROOM_ATOM(total);

/// Adds up what it is sent.
using till_actor =
  caf::typed_actor<mailroom::accepts<void(mailroom::add_atom, std::int64_t)>, // adds
                   mailroom::accepts<std::int64_t(total_atom)>>;              // tells the sum

struct till_state {
  std::int64_t total = 0;
};

till_actor::behavior_type till(till_actor::stateful_pointer<till_state> self) {
  return {
    [self](mailroom::add_atom, std::int64_t n) { self->state.total += n; },
    [self](total_atom) { return self->state.total; },
  };
}

int failures = 0;

void check(const char* what, std::int64_t got, std::int64_t expected) {
  std::cout << what << " " << got << "\n";
  if (got != expected) {
    std::cout << "  which should be " << expected << "\n";
    ++failures;
  }
}

/// Two threads take the last ticket; `with_lock`, or not.
auto last_ticket(bool with_lock) {
  return [=] {
    mailroom::sync::shared<int> left{1, "tickets left"};
    mailroom::sync::mutex mutex{"mutex"};
    mailroom::sync::atomic<int> sold{0, "sold"};
    {
      auto buy = [&] {
        std::unique_lock lock{mutex, std::defer_lock};
        if (with_lock)
          lock.lock();
        if (left.load() > 0) {
          left.store(0);
          sold.fetch_add(1);
        }
      };
      mailroom::sync::thread a{"alice", buy}, b{"bob", buy};
    }
    mailroom::explore::ensure(sold.load() == 1, "the last ticket was sold twice");
  };
}

} // namespace

int main() {
  mailroom::system sys;
  mailroom::actor_pool_executor pool{sys, {.max_workers = 3}};

  std::vector<std::int64_t> numbers(100);
  std::iota(numbers.begin(), numbers.end(), 1);
  std::int64_t squares = 0;
  for (auto square : pool.map([](std::int64_t n) { return n * n; }, numbers))
    squares += square;
  check("pool", squares, 338'350);

  mailroom::mailbox<std::int64_t> letters{{.capacity = 8}};
  auto sent = pool.submit([&] {
    for (auto n : numbers)
      letters.send(n);
    letters.close();
  });
  auto mine = sys.spawn(till);
  while (auto n = letters.receive())
    caf::anon_send(mine, mailroom::add_atom_v, *n);
  sent.get();
  check("mailbox and own actor", mailroom::ask<std::int64_t>(sys, mine, 10s, total_atom_v), 5050);

  auto account = sys.spawn(mailroom::account, 100);
  auto withdraw = [&] {
    return mailroom::ask<bool>(sys, account, 10s, mailroom::withdraw_atom_v, std::int64_t{75});
  };
  auto one = pool.submit(withdraw), other = pool.submit(withdraw);
  check("customers with money", one.get() + other.get(), 1);

  // What stands on OpenSSL, which only this asks for: SHA-256 of nothing at all.
  constexpr auto nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  check("right checksums", mailroom::sha256{}.finish() == nothing, 1);
  auto sold_twice = mailroom::explore::threads(last_ticket(false));
  check("exploration without lock, whether it is found", sold_twice.bad() > 0, 1);
  check("and replayed",
        mailroom::explore::replay(last_ticket(false), sold_twice.simplest.replay).why
          == "the last ticket was sold twice",
        1);
  check("exploration with lock",
        static_cast<std::int64_t>(mailroom::explore::threads(last_ticket(true)).bad()), 0);

  return failures;
}
