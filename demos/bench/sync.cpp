#include "mailroom/sync/sync.hpp"

#include <atomic>
#include <barrier>
#include <condition_variable>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>

#include "bench/benches.hpp"

namespace mailroom::benches {

namespace {

/// Returns nanoseconds per turn of `work`, which is done `turns` times.
template <class Work>
double per_turn(int turns, Work work) {
  return nanoseconds([&] {
           for (int i = 0; i < turns; ++i)
             work();
         })
         / turns;
}

template <class Mutex>
double lock_and_unlock() {
  Mutex mutex;
  long n = 0;
  return per_turn(500'000, [&] {
    std::lock_guard lock{mutex};
    ++n;
    asm volatile("" : : "r"(&n) : "memory"); // n is wanted
  });
}

template <class Mutex>
double lock_shared_and_unlock() {
  Mutex mutex;
  return per_turn(500'000, [&] { std::shared_lock lock{mutex}; });
}

/// A mutex and what it guards: side by side, where they may share a cache line, or each on its own.
template <class Mutex>
struct side_by_side {
  Mutex mutex;
  long n = 0;
};

template <class Mutex>
struct apart {
  alignas(64) Mutex mutex;
  alignas(64) long n = 0;
};

template <class Guarded>
double two_contend() {
  constexpr int turns = 100'000;
  Guarded guarded;
  auto work = [&] {
    for (int i = 0; i < turns; ++i) {
      std::lock_guard lock{guarded.mutex};
      ++guarded.n;
    }
  };
  return nanoseconds([&] {
           std::thread a{work};
           std::thread b{work};
           a.join();
           b.join();
         })
         / (2.0 * turns);
}

template <class Semaphore>
double acquire_and_release() {
  Semaphore semaphore{1};
  return per_turn(500'000, [&] {
    semaphore.acquire();
    semaphore.release();
  });
}

template <class Variable>
double read_and_write() {
  Variable n{0};
  return per_turn(2'000'000, [&] { n.store(n.load() + 1); });
}

/// std::atomic with the relaxed order that sync::shared has.
struct relaxed {
  explicit relaxed(long start) : value(start) {}
  long load() const { return value.load(std::memory_order_relaxed); }
  void store(long n) { value.store(n, std::memory_order_relaxed); }
  std::atomic<long> value;
};

template <class Mutex, class Condition>
double hand_over() {
  constexpr int rounds = 3'000;
  Mutex mutex;
  Condition changed;
  int turn = 0;
  auto play = [&](int me) {
    for (int i = 0; i < rounds; ++i) {
      std::unique_lock lock{mutex};
      changed.wait(lock, [&] { return turn == me; });
      turn = 1 - me;
      changed.notify_one();
    }
  };
  return nanoseconds([&] {
           std::thread a{play, 0};
           play(1);
           a.join();
         })
         / (2.0 * rounds);
}

double start_and_join_ours() {
  return per_turn(300, [] { sync::thread t{"bench", [] {}}; });
}

double start_and_join_std() {
  return per_turn(300, [] { std::jthread t{[] {}}; });
}

template <class Barrier>
double meet() {
  constexpr int rounds = 3'000;
  Barrier barrier{2};
  auto meet_often = [&] {
    for (int i = 0; i < rounds; ++i)
      barrier.arrive_and_wait();
  };
  return nanoseconds([&] {
           std::thread other{meet_often};
           meet_often();
           other.join();
         })
         / rounds;
}

} // namespace

std::vector<compare::benchmark> sync() {
  // The C library takes short cuts while there is only one thread, and who needs a mutex then?
  std::thread{[] {}}.join();
  using std_semaphore = std::counting_semaphore<>;
  auto row = [](std::string name, auto ours, std::string peer, auto theirs) {
    return compare::benchmark{
      "sync", std::move(name), "ns", {"mailroom", ours}, {{std::move(peer), theirs}}};
  };
  return {
    row("mutex, lock and unlock", lock_and_unlock<sync::mutex>, "std::mutex",
        lock_and_unlock<std::mutex>),
    row("mutex, two contend, data apart", two_contend<apart<sync::mutex>>, "std::mutex",
        two_contend<apart<std::mutex>>),
    row("mutex, two contend, data beside it", two_contend<side_by_side<sync::mutex>>, "std::mutex",
        two_contend<side_by_side<std::mutex>>),
    row("recursive_mutex, lock and unlock", lock_and_unlock<sync::recursive_mutex>,
        "std::recursive_mutex", lock_and_unlock<std::recursive_mutex>),
    row("shared_mutex, lock_shared", lock_shared_and_unlock<sync::shared_mutex>,
        "std::shared_mutex", lock_shared_and_unlock<std::shared_mutex>),
    row("semaphore, acquire and release", acquire_and_release<sync::counting_semaphore>,
        "std::counting_semaphore", acquire_and_release<std_semaphore>),
    row("shared<long>, read and write", read_and_write<sync::shared<long>>, "relaxed std::atomic",
        read_and_write<relaxed>),
    row("condition_variable, hand over", hand_over<sync::mutex, sync::condition_variable>,
        "std::condition_variable", hand_over<std::mutex, std::condition_variable>),
    row("barrier, two meet", meet<sync::barrier>, "std::barrier", meet<std::barrier<>>),
    row("thread, start and join", start_and_join_ours, "std::jthread", start_and_join_std),
  };
}

} // namespace mailroom::benches
