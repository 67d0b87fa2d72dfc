// Ten idioms with locks, and what to write instead: framework/mailroom/from_locks_to_actors.md
// shows the code that is measured here.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "bench/benches.hpp"
#include "bench/idioms/account.hpp"
#include "bench/idioms/bank.hpp"
#include "bench/idioms/counter.hpp"
#include "bench/idioms/limit.hpp"
#include "bench/idioms/news.hpp"
#include "bench/idioms/parts.hpp"
#include "bench/idioms/prices.hpp"
#include "bench/idioms/queue.hpp"
#include "bench/idioms/timeouts.hpp"
#include "bench/idioms/workers.hpp"
#include "bench/threads.hpp"

namespace mailroom::benches {

namespace idioms {

namespace {

using namespace std::chrono_literals;

// Each case is done by two threads that contend, unless it says otherwise, and is over when all
// that was to be done has been done, by whomever.

// -- 1: each adds to one counter: nanoseconds per addition ------------------------------------------------

template <class Counter>
double add() {
  constexpr int each = 200'000;
  Counter counter;
  auto cost = nanoseconds([&] {
    in_threads<2>([&](int) {
      for (int i = 0; i < each; ++i)
        counter.add(1);
    });
    must(counter.total() == 2 * each);
  });
  return cost / (2 * each);
}

// -- 2: each withdraws, twice as often as there is money: per withdrawal ----------------------------------

template <class Account>
double withdraw() {
  constexpr int each = 100'000;
  Account account{each};
  std::atomic<int> granted = 0;
  auto cost = nanoseconds([&] {
    in_threads<2>([&](int) {
      int mine = 0;
      for (int i = 0; i < each; ++i)
        mine += account.withdraw(1) ? 1 : 0;
      granted += mine;
    });
  });
  must(granted == each && account.balance() == 0);
  return cost / (2 * each);
}

// -- 3: each transfers between accounts drawn at random: per transfer -------------------------------------

template <class Bank>
double transfer() {
  constexpr int each = 50'000;
  constexpr std::size_t accounts = 100;
  Bank bank{accounts, 1000};
  std::atomic<int> done = 0;
  auto cost = nanoseconds([&] {
    in_threads<2>([&](int thread) {
      std::minstd_rand random{static_cast<unsigned>(thread) + 1};
      int mine = 0;
      for (int i = 0; i < each; ++i) {
        auto from = random() % accounts;
        auto to = (from + 1 + random() % (accounts - 1)) % accounts;
        mine += bank.transfer(from, to, 1) ? 1 : 0;
      }
      done += mine;
    });
  });
  must(done == 2 * each && bank.total() == 1000 * accounts);
  return cost / (2 * each);
}

// -- 4: two threads send, two receive: per message ---------------------------------------------------------

template <class Queue>
double pass_on() {
  constexpr int each = 50'000;
  Queue queue{1024};
  std::atomic<std::int64_t> sum = 0;
  auto cost = nanoseconds([&] {
    auto receive = [&] {
      std::int64_t mine = 0;
      while (auto n = queue.receive())
        mine += *n;
      sum += mine;
    };
    std::jthread a{receive};
    std::jthread b{receive};
    in_threads<2>([&](int) {
      for (int i = 1; i <= each; ++i)
        queue.send(i);
    });
    queue.close();
  });
  must(sum == std::int64_t{each} * (each + 1));
  return cost / (2 * each);
}

// -- 5: one thread has two workers do small tasks: per task ------------------------------------------------

constexpr std::size_t tasks = 50'000;

template <class Workers, std::size_t Room>
double post() {
  std::vector<char> done(tasks);
  auto cost = nanoseconds([&] {
    Workers workers{2, Room};
    for (auto& d : done)
      workers.post([&d] { ++d; });
  }); // the destructor has waited
  must(done == std::vector<char>(tasks, 1));
  return cost / tasks;
}

// -- 6: each reads, and now and then changes everything: per look at a price -------------------------------

template <class Prices, int AtOnce>
double read() {
  constexpr int goods = 100;
  constexpr int reads = 100'000 / (AtOnce == 1 ? 1 : 10);
  constexpr int reads_per_change = 1'000;
  price_list first;
  for (int i = 0; i < goods; ++i)
    first[i] = 0;
  Prices prices{first};
  std::atomic<bool> mixed = false;
  auto look = [&](int start) {
    return prices.read([&](const price_list& list) {
      auto price = list.at(start % goods);
      for (int i = 1; i < AtOnce; ++i)
        if (list.at((start + i) % goods) != price) // all change together
          mixed = true;
      return price;
    });
  };
  auto cost = nanoseconds([&] {
    in_threads<2>([&](int) {
      for (int i = 1; i <= reads; ++i) {
        look(i);
        if (i % reads_per_change == 0)
          prices.change([](price_list& list) {
            for (auto& [good, price] : list)
              ++price;
          });
      }
    });
  });
  must(!mixed && look(0) == 2 * reads / reads_per_change);
  return cost / (2.0 * reads * AtOnce);
}

// -- 7: things that take 1 us, wanted by `Threads` threads, two at a time: per thing ----------------------

template <class Limit, int Threads>
double limited() {
  constexpr int things = 20'000;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::atomic<int> done = 0;
  auto thing = [&] {
    int now = ++running;
    int seen = most;
    while (seen < now && !most.compare_exchange_weak(seen, now))
      ;
    std::uint64_t x = 1;
    compute<1000>(x);
    done += x == 0 ? 0 : 1;
    --running;
  };
  auto cost = nanoseconds([&] {
    Limit limit{2};
    std::vector<std::jthread> threads;
    for (int i = 0; i < Threads; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < things / Threads; ++n)
          limit.run(thing);
      });
    threads.clear();
  }); // the destructor has waited
  must(done == things && most <= 2);
  return cost / things;
}

// -- 8: one thread has two workers do eight small parts of something, and needs all: per sum ---------------

constexpr int sums = 2'000;
constexpr int parts_each = 8;
constexpr auto twice = [](int part) { return 2L * part; };

template <class Pool>
double wait_for_latch() {
  Pool pool{2};
  return nanoseconds([&] {
           for (int i = 0; i < sums; ++i)
             must(with_locks::sum_of(pool, parts_each, twice) == parts_each * (parts_each - 1));
         })
         / sums;
}

template <class Pool>
double wait_for_futures() {
  Pool pool{2};
  return nanoseconds([&] {
           for (int i = 0; i < sums; ++i)
             must(with_actors::sum_of(pool, parts_each, twice).get()
                  == parts_each * (parts_each - 1));
         })
         / sums;
}

// -- 9: one thread sets timeouts, and cancels all but one in a hundred: per timeout -----------------------

template <class Timeouts>
double time_out() {
  constexpr int sets = 500;
  constexpr int pending = 99;
  using timeout = decltype(std::declval<Timeouts&>().after(1min, [] {}));
  Timeouts timeouts;
  std::latch due{sets};
  auto cost = nanoseconds([&] {
    std::vector<timeout> waiting;
    for (int i = 0; i < sets; ++i) {
      for (int n = 0; n < pending; ++n)
        waiting.push_back(timeouts.after(1min, [] {}));
      timeouts.after(0s, [&] { due.count_down(); });
      for (auto& w : waiting)
        must(timeouts.cancel(w));
      waiting.clear();
    }
    due.wait();
  });
  return cost / (sets * (pending + 1));
}

// -- 10: each publishes to two observers, which take a while: per item -------------------------------------

/// Hears items, for a while each, and remembers them and their order. By one thread at a time.
template <int Nanoseconds>
struct observer {
  void hear(int item) {
    if constexpr (Nanoseconds > 0)
      compute<Nanoseconds>(noise);
    sum += item;
    order = order * 31 + static_cast<std::uint64_t>(item);
    if (--missing == 0)
      done.count_down();
  }

  int missing;
  std::latch& done;
  std::int64_t sum = 0;
  std::uint64_t order = 0;
  std::uint64_t noise = 1;
  std::mutex mutex = {}; // for those whom many threads call at once
};

template <template <class> class News, int Nanoseconds>
double publish_on(News<int>& news) {
  constexpr int each = Nanoseconds > 0 ? 5'000 : 50'000;
  std::latch done{2};
  observer<Nanoseconds> a{2 * each, done};
  observer<Nanoseconds> b{2 * each, done};
  for (auto* o : {&a, &b})
    news.subscribe([o](int item) {
      if constexpr (News<int>::one_order) {
        o->hear(item);
      } else {
        std::lock_guard lock{o->mutex};
        o->hear(item);
      }
    });
  auto cost = nanoseconds([&] {
    in_threads<2>([&](int thread) {
      for (int i = 1; i <= each; ++i)
        news.publish(2 * i + thread);
    });
    done.wait();
  });
  must(a.sum == b.sum && a.sum == std::int64_t{each} * (2 * (each + 1) + 1));
  must(!News<int>::one_order || a.order == b.order);
  return cost / (2 * each);
}

template <template <class> class News, int Nanoseconds>
double publish() {
  News<int> news;
  return publish_on<News, Nanoseconds>(news);
}

template <int Nanoseconds>
double publish_to_mailboxes() {
  mailroom::system sys;
  with_actors::news<int> news{sys};
  return publish_on<with_actors::news, Nanoseconds>(news);
}

// ----------------------------------------------------------------------------------------------------------

compare::benchmark row(const char* name, compare::contender ours,
                       std::vector<compare::contender> peers) {
  return {"idioms", name, "ns", std::move(ours), std::move(peers)};
}

} // namespace

} // namespace idioms

std::vector<compare::benchmark> idiom_cases() {
  using namespace idioms;
  return {
    row("1 counter", {"agent", add<with_actors::counter>},
        {{"mutex", add<with_locks::counter>}, {"atomic", add<with_locks::atomic_counter>}}),
    row("2 withdraw if there is enough", {"agent", withdraw<with_actors::account>},
        {{"mutex", withdraw<with_locks::account>}}),
    row("3 transfer", {"transact", transfer<with_actors::bank>},
        {{"scoped_lock", transfer<with_locks::bank>}}),
    row("4 queue", {"mailbox", pass_on<with_actors::queue<int>>},
        {{"mutex", pass_on<with_locks::queue<int>>}}),
    row("5 workers, room for 1024", {"actor_pool", post<with_actors::workers, 1024>},
        {{"threads", post<with_locks::workers, 1024>}}),
    row("5 workers, room for all", {"actor_pool", post<with_actors::workers, tasks>},
        {{"threads", post<with_locks::workers, tasks>}}),
    row("6 one look at a table", {"agent", read<with_actors::prices, 1>},
        {{"shared_mutex", read<with_locks::prices, 1>},
         {"atomic shared_ptr", read<with_locks::atomic_prices, 1>}}),
    row("6 100 looks at one state of it", {"agent", read<with_actors::prices, 100>},
        {{"shared_mutex", read<with_locks::prices, 100>},
         {"atomic shared_ptr", read<with_locks::atomic_prices, 100>}}),
    row("7 two at a time, 1 us each", {"actor_pool", limited<with_actors::limit, 1>},
        {{"semaphore, 8 threads", limited<with_locks::limit, 8>}}),
    row("8 wait for 8 parts", {"futures", wait_for_futures<with_actors::workers>},
        {{"latch", wait_for_latch<with_locks::workers>},
         {"latch, actor_pool", wait_for_latch<with_actors::workers>}}),
    row("9 set a timeout, and cancel it", {"timers", time_out<with_actors::timeouts>},
        {{"wait_until", time_out<with_locks::timeouts>}}),
    row("10 two observers", {"mailboxes", publish_to_mailboxes<0>},
        {{"under the lock", publish<with_locks::news, 0>},
         {"copied list", publish<with_locks::copied_news, 0>}}),
    row("10 two observers, 1 us each", {"mailboxes", publish_to_mailboxes<1000>},
        {{"under the lock", publish<with_locks::news, 1000>},
         {"copied list", publish<with_locks::copied_news, 1000>}}),
  };
}

} // namespace mailroom::benches
