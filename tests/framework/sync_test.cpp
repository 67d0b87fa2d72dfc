#include "mailroom/sync/sync.hpp"

#include <mutex>
#include <shared_mutex>

#include <doctest/doctest.h>

#include "support/stories.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

// What the primitives promise on real threads, for an odd number of them too. Inside an exploration
// they are tested in replay_test.cpp, under a watch in watch_test.cpp.

namespace {

template <class Work>
void in_parallel(int threads, Work work) {
  std::vector<sync::thread> all;
  for (int i = 0; i < threads; ++i)
    all.emplace_back("worker", work);
}

} // namespace

TEST_CASE_TEMPLATE("sync: a mutex lets one in at a time", Mutex, sync::mutex, sync::recursive_mutex,
                   sync::shared_mutex) {
  for (int threads : {1, 2, 3, 7}) {
    Mutex mutex;
    int inside = 0;
    int most = 0;
    int visits = 0;
    in_parallel(threads, [&] {
      for (int i = 0; i < 500; ++i) {
        std::lock_guard lock{mutex};
        most = std::max(most, ++inside);
        ++visits;
        --inside;
      }
    });
    CHECK(most == 1);
    CHECK(visits == 500 * threads);
  }
}

TEST_CASE("sync::mutex: a timed lock gives up in time, and gets a free one") {
  sync::mutex mutex;
  CHECK(mutex.try_lock_for(1s));
  bool got_it = true;
  sync::thread{"other", [&] { got_it = mutex.try_lock_for(5ms) || mutex.try_lock(); }}.join();
  CHECK_FALSE(got_it);
  mutex.unlock();
  CHECK(mutex.try_lock());
  mutex.unlock();
}

TEST_CASE("sync::recursive_mutex: its owner may come again, others may not") {
  sync::recursive_mutex mutex;
  std::scoped_lock outer{mutex};
  std::scoped_lock inner{mutex};
  bool got_it = true;
  sync::thread{"other", [&] { got_it = mutex.try_lock(); }}.join();
  CHECK_FALSE(got_it);
}

TEST_CASE("sync::shared_mutex: many readers, or one writer") {
  sync::shared_mutex mutex;
  sync::barrier together{3};
  in_parallel(3, [&] { // would hang if one reader kept the others out
    std::shared_lock lock{mutex};
    together.arrive_and_wait();
  });
  std::shared_lock reading{mutex};
  CHECK_FALSE(mutex.try_lock());
}

TEST_CASE("sync::condition_variable: everybody who waits is woken, for what holds") {
  sync::mutex mutex;
  sync::condition_variable changed;
  int turn = 0;
  std::vector<int> order;
  std::vector<sync::thread> all;
  for (int i = 0; i < 7; ++i)
    all.emplace_back("waiter", [&, i] {
      std::unique_lock lock{mutex};
      changed.wait(lock, [&] { return turn == i; });
      order.push_back(i);
      ++turn;
      changed.notify_all();
    });
  all.clear();
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("sync::condition_variable: a timed wait ends with the answer to its question") {
  sync::mutex mutex;
  sync::condition_variable changed;
  std::unique_lock lock{mutex};
  CHECK_FALSE(changed.wait_until(lock, sync::watch::clock::now() + 2ms, [] { return false; }));
  CHECK(changed.wait_until(lock, sync::watch::clock::now() + 2ms, [] { return true; }));
}

TEST_CASE("sync::counting_semaphore: never more inside than there are permits") {
  for (int permits : {1, 2, 3}) {
    sync::counting_semaphore semaphore{permits};
    sync::atomic<int> inside{0};
    sync::atomic<int> most{0};
    in_parallel(7, [&] {
      for (int i = 0; i < 300; ++i) {
        semaphore.acquire();
        int now = inside.fetch_add(1) + 1;
        for (int seen = most.load(); now > seen && !most.compare_exchange(seen, now);) {
        }
        inside.fetch_sub(1);
        semaphore.release();
      }
    });
    CHECK(most.load() <= permits);
    CHECK(most.load() >= 1);
  }
}

TEST_CASE("sync::counting_semaphore: without a permit it waits as long as it is told") {
  sync::counting_semaphore none{0};
  CHECK_FALSE(none.try_acquire());
  CHECK_FALSE(none.try_acquire_for(2ms));
  none.release(2);
  CHECK(none.try_acquire());
  CHECK(none.try_acquire_for(1s));
  CHECK_THROWS_AS(sync::counting_semaphore{-1}, std::invalid_argument);
}

TEST_CASE("sync::event: opens for all who wait and all who come late, until it is reset") {
  sync::event event;
  CHECK_FALSE(event.wait_for(1ms));
  sync::atomic<int> passed{0};
  {
    std::vector<sync::thread> all;
    for (int i = 0; i < 3; ++i)
      all.emplace_back("car", [&] {
        event.wait();
        passed.fetch_add(1);
      });
    CHECK(passed.load() == 0);
    event.set();
  }
  event.wait();
  CHECK(passed.load() == 3);
  event.reset();
  CHECK_FALSE(event.is_set());
}

TEST_CASE("sync::latch: opens at zero and stays open") {
  sync::latch latch{3};
  sync::atomic<int> arrived{0};
  in_parallel(3, [&] {
    arrived.fetch_add(1);
    latch.arrive_and_wait();
    CHECK(arrived.load() == 3);
  });
  latch.count_down();
  latch.wait();
  CHECK_THROWS_AS(sync::latch{-1}, std::invalid_argument);
}

TEST_CASE("sync::barrier: nobody is a round ahead of the others") {
  constexpr int rounds = 200;
  for (int parties : {1, 2, 3, 7}) {
    sync::barrier barrier{parties};
    sync::atomic<int> arrived{0};
    sync::atomic<int> wrong{0};
    in_parallel(parties, [&] {
      for (int round = 1; round <= rounds; ++round) {
        arrived.fetch_add(1);
        barrier.arrive_and_wait();
        if (arrived.load() < parties * round)
          wrong.fetch_add(1);
        barrier.arrive_and_wait();
      }
    });
    CHECK(arrived.load() == parties * rounds);
    CHECK(wrong.load() == 0);
  }
  CHECK_THROWS_AS(sync::barrier{0}, std::invalid_argument);
}

TEST_CASE("sync::thread: has its name, hears of a stop, and joins") {
  std::string name(16, '\0');
  bool stopped = false;
  {
    sync::thread t{"a rather long name", [&](std::stop_token stop) {
                     pthread_getname_np(pthread_self(), name.data(), name.size());
                     sync::event told;
                     std::stop_callback tell{stop, [&] { told.set(); }};
                     told.wait();
                     stopped = true;
                   }};
    CHECK(t.joinable());
    sync::thread other = std::move(t);
    CHECK_FALSE(t.joinable()); // NOLINT(bugprone-use-after-move): what is tested
  }
  CHECK(stopped);
  CHECK(name.substr(0, name.find('\0')) == "a rather long n");
}

TEST_CASE("sync::thread: takes functions that can only be moved") {
  auto owned = std::make_unique<int>(7);
  int seen = 0;
  sync::thread{"mover", [owned = std::move(owned), &seen] { seen = *owned; }}.join();
  CHECK(seen == 7);
}

TEST_CASE("sync::pause: lasts as long as it says, and nothing is no pause") {
  auto start = sync::watch::clock::now();
  sync::pause(3ms);
  CHECK(sync::watch::clock::now() - start >= 3ms);
  sync::pause(0ns);
  sync::pause();
}

TEST_CASE("sync::shared: reads what was written last, by one thread") {
  sync::shared<int> n{1, "n"};
  n = n + 1;
  n.store(n.load() * 10);
  CHECK(n == 20);
}

TEST_CASE("sync::atomic: no update gets lost") {
  for (int threads : {1, 2, 3, 7}) {
    sync::atomic<int> added{0};
    sync::atomic<int> exchanged{0};
    in_parallel(threads, [&] {
      for (int i = 0; i < 1000; ++i) {
        added.fetch_add(1);
        for (int seen = exchanged.load(); !exchanged.compare_exchange(seen, seen + 1);) {
        }
      }
    });
    CHECK(added.load() == 1000 * threads);
    CHECK(exchanged.exchange(0) == 1000 * threads);
  }
}

TEST_CASE("sync::atomic: takes the memory orders that std::atomic takes") {
  sync::atomic<unsigned> n{1, "n"};
  CHECK(n.fetch_or(6, std::memory_order_acq_rel) == 1);
  CHECK(n.load(std::memory_order_acquire) == 7);
  n.store(8, std::memory_order_release);
  unsigned seen = 7;
  CHECK_FALSE(n.compare_exchange_weak(seen, 9, std::memory_order_acq_rel));
  CHECK(seen == 8);
  while (!n.compare_exchange_weak(seen, 9)) {
  }
  CHECK(n.exchange(1, std::memory_order_relaxed) == 9);
}
