#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "mailroom/explore/ensure.hpp"
#include "mailroom/sync/sync.hpp"

/// Small programs whose schedules were counted by other means, too: by hand, or by the binomial
/// coefficients.
namespace mailroom::scenarios {

inline std::string letter(int n) {
  return std::string(1, static_cast<char>('A' + n));
}

/// Each of `threads` adds 1 to a shared variable `times` times: a read and a write, with nothing to
/// keep them together. (threads * times * 2)! / ((times * 2)! ^ threads) schedules.
inline auto racy_counter(int threads, int times) {
  return [=] {
    sync::shared<int> n{0, "n"};
    {
      auto add = [&] {
        for (int i = 0; i < times; ++i) {
          int seen = n;
          n = seen + 1;
        }
      };
      std::vector<sync::thread> all;
      for (int t = 0; t < threads; ++t)
        all.emplace_back(letter(t), add);
    }
    explore::ensure(n == threads * times, "an update was lost");
  };
}

inline auto locked_counter(int threads) {
  return [=] {
    sync::shared<int> n{0, "n"};
    sync::mutex mutex{"mutex"};
    {
      auto add = [&] {
        std::lock_guard lock{mutex};
        n = n + 1;
      };
      std::vector<sync::thread> all;
      for (int t = 0; t < threads; ++t)
        all.emplace_back(letter(t), add);
    }
    explore::ensure(n == threads, "an update was lost");
  };
}

/// Each step of a withdrawal is locked; the pair of them is not.
inline void step_locked_account() {
  sync::shared<int> balance{100, "balance"};
  sync::mutex mutex{"mutex"};
  {
    auto withdraw = [&] {
      bool enough = false;
      {
        std::lock_guard lock{mutex};
        enough = balance >= 80;
      }
      if (enough) {
        std::lock_guard lock{mutex};
        balance = balance - 80;
      }
    };
    sync::thread a{"A", withdraw}, b{"B", withdraw};
  }
  explore::ensure(balance >= 0, "overdrawn");
}

inline auto two_locks(bool ordered) {
  return [=] {
    sync::mutex document{"document"}, clipboard{"clipboard"};
    sync::thread cut{"cut", [&] {
                       std::lock_guard first{document};
                       std::lock_guard second{clipboard};
                     }};
    sync::thread paste{"paste", [&] {
                         std::lock_guard first{ordered ? document : clipboard};
                         std::lock_guard second{ordered ? clipboard : document};
                       }};
  };
}

/// Each takes the fork to its left, then the one to its right.
inline auto philosophers(int seats) {
  return [=] {
    std::deque<sync::mutex> forks;
    for (int i = 0; i < seats; ++i)
      forks.emplace_back("fork");
    std::vector<sync::thread> all;
    for (int i = 0; i < seats; ++i)
      all.emplace_back(letter(i), [&forks, i, seats] {
        std::lock_guard left{forks[static_cast<std::size_t>(i)]};
        std::lock_guard right{forks[static_cast<std::size_t>((i + 1) % seats)]};
      });
  };
}

/// Two take what a third one puts; whoever waits looks again (`with_while`), or does not.
inline auto takers(bool with_while) {
  return [=] {
    sync::mutex mutex{"mutex"};
    sync::condition_variable changed{"changed"};
    sync::shared<int> items{0, "items"};
    auto take = [&] {
      std::unique_lock lock{mutex};
      if (with_while)
        changed.wait(lock, [&] { return items > 0; });
      else if (items == 0)
        changed.wait(lock);
      explore::ensure(items > 0, "took what was not there");
      items = items - 1;
    };
    sync::thread a{"A", take}, b{"B", take};
    sync::thread c{"C", [&] {
                     for (int i = 0; i < 2; ++i) {
                       std::lock_guard lock{mutex};
                       items = items + 1;
                       changed.notify_all();
                     }
                   }};
  };
}

/// The flag is looked at without the lock: the signal may come between look and wait.
inline void signal_too_early() {
  sync::mutex mutex{"mutex"};
  sync::condition_variable signal{"signal"};
  sync::shared<bool> ready{false, "ready"};
  sync::thread a{"A", [&] {
                   if (!ready) {
                     std::unique_lock lock{mutex};
                     signal.wait(lock);
                   }
                 }};
  sync::thread b{"B", [&] {
                   ready = true;
                   signal.notify_one();
                 }};
}

/// A buffer with room for one; `mutex_first` takes the mutex before it waits for its turn.
inline auto semaphore_buffer(bool mutex_first) {
  return [=] {
    sync::counting_semaphore room{1, "room"}, items{0, "items"};
    sync::mutex mutex{"mutex"};
    sync::shared<int> slot{0, "slot"}, sum{0, "sum"};
    auto guarded = [&](sync::counting_semaphore& first, auto act, sync::counting_semaphore& then) {
      std::unique_lock lock{mutex, std::defer_lock};
      if (mutex_first)
        lock.lock();
      first.acquire();
      if (!mutex_first)
        lock.lock();
      act();
      if (!mutex_first)
        lock.unlock();
      then.release();
    };
    {
      sync::thread a{"A", [&] {
                       for (int i = 1; i <= 2; ++i)
                         guarded(
                           room, [&] { slot = i; }, items);
                     }};
      sync::thread b{"B", [&] {
                       for (int i = 1; i <= 2; ++i) {
                         int got = 0;
                         guarded(
                           items, [&] { got = slot; }, room);
                         sum = sum + got;
                       }
                     }};
    }
    explore::ensure(sum == 3, "items were lost");
  };
}

/// Three threads, two permits, and a count of those inside.
inline void parking_lot() {
  sync::counting_semaphore places{2, "places"};
  sync::shared<int> parked{0, "parked"};
  sync::mutex mutex{"mutex"};
  auto car = [&] {
    places.acquire();
    {
      std::lock_guard lock{mutex};
      parked = parked + 1;
      explore::ensure(parked <= 2, "too many");
    }
    {
      std::lock_guard lock{mutex};
      parked = parked - 1;
    }
    places.release();
  };
  sync::thread a{"A", car}, b{"B", car}, c{"C", car};
}

/// Two producers and two consumers, room for one, and one condition for both kinds of waiting.
/// `notify_one` may wake one who cannot go on.
inline auto one_condition(bool notify_all) {
  return [=] {
    sync::mutex mutex{"mutex"};
    sync::condition_variable changed{"changed"};
    int items = 0; // guarded by mutex
    auto move = [&](int from, int by) {
      std::unique_lock lock{mutex};
      changed.wait(lock, [&] { return items == from; });
      items += by;
      if (notify_all)
        changed.notify_all();
      else
        changed.notify_one();
    };
    auto put = [&] { move(0, 1); };
    auto get = [&] { move(1, -1); };
    sync::thread a{"A", put}, b{"B", put}, c{"C", get}, d{"D", get};
  };
}

// -- without an end -----------------------------------------------------------------------------

/// Two robots in a corridor, each of which steps aside for the other.
inline void polite_robots() {
  sync::shared<int> left{0, "left robot"}, right{0, "right robot"};
  auto walk = [](sync::shared<int>& me, sync::shared<int>& other) {
    while (me.load() == other.load())
      me = 1 - me;
  };
  sync::thread a{"A", [&] { walk(left, right); }}, b{"B", [&] { walk(right, left); }};
}

/// Each takes one lock, tries the other one, and gives the first one back.
inline void back_off() {
  sync::mutex left{"left"}, right{"right"};
  auto take = [](sync::mutex& first, sync::mutex& second) {
    for (;;) {
      first.lock();
      if (second.try_lock())
        break;
      first.unlock();
    }
    second.unlock();
    first.unlock();
  };
  sync::thread a{"A", [&] { take(left, right); }}, b{"B", [&] { take(right, left); }};
}

} // namespace mailroom::scenarios
