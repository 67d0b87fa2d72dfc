#include "mailroom/sync/watch.hpp"

#include <mutex>
#include <shared_mutex>

#include <doctest/doctest.h>

#include "mailroom/sync/sync.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace std::chrono_literals;
using sync::watch;

namespace {

using task = std::pair<std::string, std::function<void()>>;

/// Runs tasks on threads under a watch and returns what it found out.
std::optional<watch::finding> watched(const std::vector<task>& tasks,
                                      std::chrono::milliseconds limit = 60s) {
  watch w;
  std::vector<std::unique_ptr<watch::place>> places;
  for (auto& [name, run] : tasks)
    places.push_back(std::make_unique<watch::place>(w, name));
  std::vector<sync::thread> threads;
  auto place = places.begin();
  for (auto& [name, run] : tasks)
    threads.emplace_back(name, [&run = run, mine = std::move(*place++)] {
      watch::guard guard{*mine};
      run();
    });
  return w.wait(watch::clock::now() + limit);
}

} // namespace

TEST_CASE("watch: threads that end are nothing to report") {
  sync::mutex mutex;
  sync::barrier barrier{3};
  auto work = [&] {
    for (int i = 0; i < 100; ++i) {
      std::lock_guard lock{mutex};
    }
    barrier.arrive_and_wait();
  };
  CHECK_FALSE(watched({{"A", work}, {"B", work}, {"C", work}}));
}

TEST_CASE("watch: a ring of two mutex owners is found and named at once") {
  sync::mutex left{"left"};
  sync::mutex right{"right"};
  sync::barrier both_have_one{2};
  auto take = [&](sync::mutex& first, sync::mutex& second) {
    std::lock_guard lock{first};
    both_have_one.arrive_and_wait();
    std::lock_guard again{second};
  };
  auto start = watch::clock::now();
  auto found = watched({{"A", [&] { take(left, right); }}, {"B", [&] { take(right, left); }}});
  REQUIRE(found);
  CHECK(found->deadlock);
  bool seen_by_a = found->what == "A waits for right, held by B; B waits for left, held by A";
  bool seen_by_b = found->what == "B waits for left, held by A; A waits for right, held by B";
  CHECK((seen_by_a || seen_by_b));
  CHECK(watch::clock::now() - start < 30s);
}

TEST_CASE("watch: nobody gets the lock because somebody else was let go") {
  for (int round = 0; round < 20; ++round) {
    sync::mutex left{"left"};
    sync::mutex right{"right"};
    sync::barrier both_have_one{2};
    sync::atomic<int> got_both{0};
    auto take = [&](sync::mutex& first, sync::mutex& second) {
      std::lock_guard lock{first};
      both_have_one.arrive_and_wait();
      std::lock_guard again{second};
      got_both.fetch_add(1);
    };
    CHECK(watched({{"A", [&] { take(left, right); }}, {"B", [&] { take(right, left); }}}));
    CHECK(got_both.load() == 0);
  }
}

TEST_CASE("watch: who was woken just when all was given up still returns its mutex properly") {
  // The waiter has been notified and waits for the mutex that the other one never gives back.
  sync::mutex mutex{"mutex"};
  sync::condition_variable changed{"changed"};
  sync::event never{"never"};
  sync::event waiting{"waiting"};
  auto found = watched({{"A",
                         [&] {
                           std::unique_lock lock{mutex};
                           waiting.set();
                           changed.wait(lock);
                         }},
                        {"B", [&] {
                           waiting.wait();
                           std::unique_lock lock{mutex};
                           changed.notify_one();
                           never.wait();
                         }}});
  REQUIRE(found);
  CHECK(found->what == "A waits for mutex; B waits for never");
  CHECK(mutex.try_lock()); // both have given it back
  mutex.unlock();
}

TEST_CASE("watch: the ring is found even while others go on") {
  sync::mutex mutex{"mutex"};
  sync::event over;
  auto found = watched({{"A",
                         [&] {
                           std::scoped_lock once{mutex};
                           std::scoped_lock twice{mutex};
                         }},
                        {"B", [&] {
                           for (;;)
                             sync::pause();
                         }}});
  REQUIRE(found);
  CHECK(found->what == "A waits for mutex, held by A");
}

TEST_CASE("watch: waiting for what nobody will do is a deadlock") {
  sync::event never{"never"};
  sync::counting_semaphore none{0, "none"};
  sync::barrier big{7, "big"};
  sync::latch closed{1, "closed"};
  sync::mutex mutex{"mutex"};
  sync::condition_variable silence{"silence"};
  auto found = watched({{"A", [&] { never.wait(); }},
                        {"B", [&] { none.acquire(); }},
                        {"C", [&] { big.arrive_and_wait(); }},
                        {"D", [&] { closed.wait(); }},
                        {"E", [&] {
                           std::unique_lock lock{mutex};
                           silence.wait(lock);
                         }}});
  REQUIRE(found);
  CHECK(found->deadlock);
  CHECK(found->what
        == "A waits for never; B waits for none; C waits for big; D waits for closed; "
           "E waits for silence");
}

TEST_CASE("watch: who waits for a thread that waits is deadlocked with it") {
  sync::event never{"never"};
  auto found = watched({{"parent", [&] { sync::thread child{"child", [&] { never.wait(); }}; }}});
  REQUIRE(found);
  CHECK(found->deadlock);
  CHECK(found->what == "parent waits for the end of a thread; child waits for never");
}

TEST_CASE("watch: a wait with a time limit is no deadlock") {
  sync::event never{"never"};
  sync::counting_semaphore none{0};
  sync::mutex mutex;
  sync::condition_variable silence;
  std::lock_guard held{mutex};
  sync::mutex other;
  auto found = watched({{"A", [&] { CHECK_FALSE(never.wait_for(50ms)); }},
                        {"B", [&] { CHECK_FALSE(none.try_acquire_for(50ms)); }},
                        {"C", [&] { CHECK_FALSE(mutex.try_lock_for(50ms)); }},
                        {"D", [&] {
                           std::unique_lock lock{other};
                           auto soon = watch::clock::now() + 50ms;
                           CHECK_FALSE(silence.wait_until(lock, soon, [] { return false; }));
                         }}});
  CHECK_FALSE(found);
}

TEST_CASE("watch: who still moves when time is up is no deadlock") {
  auto found = watched({{"A",
                         [] {
                           for (;;)
                             sync::pause();
                         }},
                        {"B",
                         [] {
                           for (;;)
                             sync::pause(1h);
                         }}},
                       20ms);
  REQUIRE(found);
  CHECK_FALSE(found->deadlock);
  CHECK(found->what == "still moving when time was up");
}

TEST_CASE("watch: giving up lets every blocked thread go, whatever it waits for") {
  sync::shared_mutex book{"book"};
  sync::recursive_mutex again{"again"};
  std::lock_guard writing{book};
  std::lock_guard mine{again};
  auto found = watched({{"A", [&] { std::shared_lock lock{book}; }},
                        {"B", [&] { std::unique_lock lock{book}; }},
                        {"C", [&] { std::unique_lock lock{again}; }}});
  REQUIRE(found); // and all three threads were joined
  CHECK(found->deadlock);
}

TEST_CASE("watch: a woken thread that has not run yet is not taken for a blocked one") {
  // Two threads pass a token through a condition for a while; at each hand-over both are waiting.
  sync::mutex mutex;
  sync::condition_variable changed;
  int turn = 0;
  auto play = [&](int me) {
    for (int i = 0; i < 2000; ++i) {
      std::unique_lock lock{mutex};
      changed.wait(lock, [&] { return turn == me; });
      turn = 1 - me;
      changed.notify_one();
    }
  };
  CHECK_FALSE(watched({{"A", [&] { play(0); }}, {"B", [&] { play(1); }}}));
}
