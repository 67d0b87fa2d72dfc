#include <mutex>

#include <doctest/doctest.h>

#include "explore/proof.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
using explore::ensure;
using test::proved, test::refuted;

namespace {

/// What a gate is made of, each a step of its own. See `test::explored` for why nobody looks twice.
struct in_steps {
  using mutex = sync::mutex;
  using condition_variable = sync::condition_variable;
  static constexpr bool one_step = false;
  static constexpr int looks = 0;
};

/// Wakes one where all are meant.
struct wakes_too_few : in_steps {
  struct condition_variable : sync::condition_variable {
    void notify_all() { notify_one(); }
  };
};

/// Gives the mutex back before it waits.
struct waits_too_late : in_steps {
  struct condition_variable : sync::condition_variable {
    template <class Predicate>
    void wait(std::unique_lock<sync::mutex>& lock, Predicate holds) {
      while (!holds()) {
        lock.unlock();
        lock.lock();
        sync::condition_variable::wait(lock);
      }
    }
  };
};

/// Takes being woken for being ready.
struct looks_once : in_steps {
  struct condition_variable : sync::condition_variable {
    template <class Predicate>
    void wait(std::unique_lock<sync::mutex>& lock, Predicate holds) {
      if (!holds())
        sync::condition_variable::wait(lock);
    }
  };
};

/// So many want one of so many permits, and give it back.
template <class Primitives>
void share_permits(int permits, int threads) {
  sync::basic_counting_semaphore<Primitives> places{permits};
  sync::atomic<int> inside{0, "inside"}; // to go in and out are steps, so others may be there
  auto visit = [&] {
    places.acquire();
    ensure(inside.fetch_add(1) < permits, "there are more inside than permits");
    inside.fetch_sub(1);
    places.release();
  };
  std::vector<sync::thread> all;
  for (int i = 0; i < threads; ++i)
    all.emplace_back("visitor", visit);
}

/// Each gets a permit, and somebody gives all of them.
template <class Primitives>
void give_permits(int threads, bool at_once) {
  sync::basic_counting_semaphore<Primitives> there{0};
  std::vector<sync::thread> all;
  for (int i = 0; i < threads; ++i)
    all.emplace_back("taker", [&] { there.acquire(); });
  all.emplace_back("giver", [&] {
    if (at_once)
      there.release(threads);
    else
      for (int i = 0; i < threads; ++i)
        there.release();
  });
}

template <class Primitives>
void wait_for_event(int waiters) {
  sync::basic_event<Primitives> green;
  sync::atomic<bool> set{false, "set"}; // a step: what comes before the first one is done at once
  std::vector<sync::thread> all;
  for (int i = 0; i < waiters; ++i)
    all.emplace_back("car", [&] {
      green.wait();
      ensure(set.load(), "it went too early");
    });
  all.emplace_back("light", [&] {
    set.store(true);
    green.set();
  });
}

template <class Primitives>
void count_down(int waiters) {
  sync::basic_latch<Primitives> start{2};
  sync::atomic<int> ready{0, "ready"};
  auto get_ready = [&] {
    ready.fetch_add(1);
    start.count_down();
  };
  std::vector<sync::thread> all;
  for (int i = 0; i < waiters; ++i)
    all.emplace_back("runner", [&] {
      start.wait();
      ensure(ready.load() == 2, "it went too early");
    });
  all.emplace_back("a", get_ready);
  all.emplace_back("b", get_ready);
}

template <class Primitives>
void meet(int rounds) {
  sync::basic_barrier<Primitives> table{2};
  sync::atomic<int> there{0, "there"};
  auto guest = [&] {
    for (int i = 1; i <= rounds; ++i) {
      there.fetch_add(1);
      table.arrive_and_wait();
      ensure(there.load() >= 2 * i, "it did not wait for the other one");
    }
  };
  sync::thread a{"a", guest}, b{"b", guest};
}

explore::options with_spurious_wakeups() {
  auto o = test::by_sleep_sets();
  o.spurious_wakeups = true;
  return o;
}

} // namespace

TEST_CASE("self: semaphore, one permit for two") {
  proved([] { share_permits<in_steps>(1, 2); }, 6);
  proved([] { share_permits<in_steps>(1, 2); }, 12, with_spurious_wakeups());
}

TEST_CASE("self: semaphore, two permits for three") {
  proved([] { share_permits<in_steps>(2, 3); }, 4212);
}

TEST_CASE("self: semaphore, permits for two who wait") {
  proved([] { give_permits<in_steps>(2, true); }, 10);
  proved([] { give_permits<in_steps>(2, false); }, 46);
}

TEST_CASE("self: event, set while two wait") {
  proved([] { wait_for_event<in_steps>(2); }, 10);
  proved([] { wait_for_event<in_steps>(1); }, 4, with_spurious_wakeups());
}

TEST_CASE("self: latch, counted down by two") {
  proved([] { count_down<in_steps>(1); }, 52);
}

TEST_CASE("self: barrier, two rounds of two") {
  proved([] { meet<in_steps>(2); }, 1464);
}

TEST_CASE("self: an event that wakes one of two") {
  refuted([] { wait_for_event<wakes_too_few>(2); }, explore::ending::deadlock, "AABBCCCCAAA");
}

TEST_CASE("self: an event whose waiters give their mutex back before they wait") {
  refuted([] { wait_for_event<waits_too_late>(1); }, explore::ending::lost_wakeup, "AABBBABA");
}

TEST_CASE("self: a semaphore whose permit is taken twice") {
  refuted([] { share_permits<looks_once>(1, 3); }, explore::ending::violated, "AAAAAABBBCCACCC",
          test::with_preemptions(2));
}
