#include <mutex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/explore/threads.hpp"
#include "mailroom/locking/hierarchical_mutex.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;

namespace {

/// Three mutexes to take from left to right.
struct three {
  hierarchical_mutex low{10, "low"};
  hierarchical_mutex mid{20, "mid"};
  hierarchical_mutex high{30, "high"};
};

} // namespace

TEST_CASE("hierarchical_mutex: rising order is fine, in any gaps") {
  three m;
  for (int round = 0; round < 2; ++round) {
    std::lock_guard low{m.low};
    std::lock_guard mid{m.mid};
    std::lock_guard high{m.high};
  }
  std::lock_guard low{m.low};
  std::lock_guard high{m.high};
}

TEST_CASE("hierarchical_mutex: falling order throws before it blocks, naming both") {
  std::string why;
  auto scenario = [&] {
    three m;
    sync::thread a{"A", [&] { std::lock_guard low{m.low}; }};
    sync::thread b{"B", [&] {
                     std::lock_guard high{m.high};
                     try {
                       m.low.lock();
                     } catch (const lock_order_error& e) {
                       why = e.what();
                     }
                   }};
  };
  // A has low all the time, and B, which wants it, gets on.
  CHECK(explore::replay(scenario, "ABBA").end == explore::ending::fine);
  CHECK(why == "cannot lock low (10) while holding high (30): the number must be higher");
}

TEST_CASE("hierarchical_mutex: whoever was refused still holds what it held, and nothing more") {
  three m;
  {
    std::lock_guard mid{m.mid};
    CHECK_THROWS_AS(m.low.lock(), lock_order_error);
    std::lock_guard high{m.high};
  }
  CHECK(m.low.try_lock());
  m.low.unlock();
}

TEST_CASE("hierarchical_mutex: neither itself again nor an equal number") {
  hierarchical_mutex one{1, "one"}, twin{1, "twin"};
  std::lock_guard lock{one};
  CHECK_THROWS_AS(one.lock(), lock_order_error);
  CHECK_THROWS_AS(twin.lock(), lock_order_error);
  CHECK_FALSE(one.try_lock());
}

TEST_CASE("hierarchical_mutex: the highest held counts, not the last taken") {
  three m;
  std::lock_guard high{m.high};
  REQUIRE(m.low.try_lock()); // does not wait, so it may
  CHECK_THROWS_WITH_AS(m.mid.lock(),
                       "cannot lock mid (20) while holding high (30): the number must be higher",
                       lock_order_error);
  m.low.unlock();
}

TEST_CASE("hierarchical_mutex: what was not waited for counts as well") {
  three m;
  REQUIRE(m.high.try_lock());
  CHECK_THROWS_AS(m.mid.lock(), lock_order_error);
  m.high.unlock();
  m.mid.lock();
  m.mid.unlock();
}

TEST_CASE("hierarchical_mutex: given back in any order") {
  three m;
  m.low.lock();
  m.mid.lock();
  m.high.lock();
  m.low.unlock();
  m.mid.unlock();
  CHECK_THROWS_WITH_AS(m.mid.lock(),
                       "cannot lock mid (20) while holding high (30): the number must be higher",
                       lock_order_error);
  m.high.unlock();
  m.low.lock(); // nothing is left behind
  m.low.unlock();
}

TEST_CASE("hierarchical_mutex: std::scoped_lock takes several, of equal numbers too") {
  hierarchical_mutex one{1, "one"}, twin{1, "twin"}, two{2, "two"};
  std::scoped_lock lock{two, twin, one};
  CHECK_FALSE(twin.try_lock());
}

TEST_CASE("hierarchical_mutex: it is a mutex") {
  hierarchical_mutex mutex{1};
  int n = 0;
  {
    std::vector<sync::thread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back("adder", [&] {
        for (int k = 0; k < 10'000; ++k) {
          std::lock_guard lock{mutex};
          ++n;
        }
      });
  }
  CHECK(n == 30'000);
}

TEST_CASE("hierarchical_mutex: explored threads have a record each") {
  bool refused = false;
  auto scenario = [&] {
    three m;
    sync::thread a{"A", [&] {
                     std::lock_guard high{m.high};
                     try {
                       m.low.lock();
                     } catch (const lock_order_error&) {
                       refused = true;
                     }
                   }};
    sync::thread b{"B", [&] {
                     std::lock_guard low{m.low};
                     std::lock_guard high{m.high};
                   }};
  };
  // A has high when B takes low, so B is not refused; it waits until A has given high back.
  auto run = explore::replay(scenario, "ABABBB");
  CHECK(run.end == explore::ending::fine);
  CHECK(refused);
}
