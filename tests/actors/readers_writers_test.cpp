#include <optional>
#include <random>
#include <shared_mutex>

#include <doctest/doctest.h>

#include "actors/readers_writers/actor.hpp"
#include "actors/readers_writers/locked.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/sync/sync.hpp"
#include "mailroom/system.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

using ending = explore::ending;
using std::chrono::nanoseconds;

/// R reads; W asks to write; L, a late reader, has seen that W asked.
template <class Mutex>
void late_reader() {
  Mutex mutex;
  sync::atomic<bool> asked{false, "asked"};
  bool written = false; // guarded by mutex
  sync::thread r{"R", [&] { std::shared_lock lock{mutex}; }};
  sync::thread w{"W", [&] {
                   asked.store(true);
                   std::lock_guard lock{mutex};
                   written = true;
                 }};
  sync::thread l{"L", [&] {
                   bool late = asked.load();
                   std::shared_lock lock{mutex};
                   explore::ensure(!late || written, "a late reader overtook the writer");
                 }};
}

// -- one suite for both: a visitor is what a thread locks -------------------------------------------------

struct by_lock {
  using visitor = lock_based::readers_writers&;
  visitor enter() { return mutex; }
  lock_based::readers_writers mutex;
};

/// The actor, with the members of the lock version. Each thread brings the actor that has its
/// lease.
struct by_message {
  class visitor {
  public:
    visitor(mailroom::system& sys, readers_writers_actor actor)
      : self_(sys.caf()), actor_(std::move(actor)) {}

    void lock() { ask<bool>(write_atom_v); }
    void lock_shared() { ask<bool>(read_atom_v); }
    bool try_lock_for(nanoseconds limit) { return ask<bool>(write_atom_v, limit); }
    bool try_lock_shared_for(nanoseconds limit) { return ask<bool>(read_atom_v, limit); }
    bool try_lock() { return try_lock_for(0ns); }
    bool try_lock_shared() { return try_lock_shared_for(0ns); }
    void unlock() {
      self_->request(actor_, caf::infinite, release_atom_v).receive([] {}, fail);
    }
    void unlock_shared() { unlock(); }

  private:
    static void fail(caf::error& e) { FAIL_CHECK(static_cast<int>(e.code())); }

    template <class Answer, class... Content>
    Answer ask(Content... content) {
      std::optional<Answer> got;
      self_->request(actor_, caf::infinite, content...).receive([&](Answer a) { got = a; }, fail);
      return got.value();
    }

    detail::visit visit_; // outlives the next one
    caf::scoped_actor self_;
    readers_writers_actor actor_;
  };
  visitor enter() { return {sys, actor}; }
  mailroom::system sys;
  readers_writers_actor actor = sys.spawn(readers_writers);
};

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("readers_writers: with a shared_mutex, a late reader overtakes the writer") {
  // R has it, W has asked (B), L sees that, and reads.
  auto run = explore::replay(late_reader<sync::shared_mutex>, "ABCC");
  CHECK(run.end == ending::violated);
  CHECK(run.why == "a late reader overtook the writer");
}

TEST_CASE("readers_writers.locked: a late reader waits for the writer") {
  // R has it (AA); W asks, and waits (BBB); L sees that, and waits (CCC); or R goes first (AAA).
  for (auto schedule : {"AABBBCCCA", "AABBBAAACCC"}) {
    auto run = explore::replay(late_reader<lock_based::readers_writers>, schedule);
    CHECK(run.end == ending::fine);
    CHECK(run.why == "");
  }
}

TEST_CASE("readers_writers.locked: to read again while a writer waits is to wait for oneself") {
  auto scenario = [] {
    lock_based::readers_writers mutex;
    sync::thread r{"R", [&] {
                     std::shared_lock outer{mutex};
                     std::shared_lock inner{mutex};
                   }};
    sync::thread w{"W", [&] { std::lock_guard lock{mutex}; }};
  };
  CHECK(explore::replay(scenario, "AABB").end == ending::deadlock);
  CHECK(explore::replay(scenario, "AAAAB").end == ending::fine);
}

// -- one suite for both ---------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("readers_writers: writers are alone, readers see whole things", Version, by_lock,
                   by_message) {
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  constexpr int rounds = 100;
  for (int threads : {1, 2, 3, 7}) {
    Version version;
    int left = 0; // guarded by version, as is right
    int right = 0;
    sync::atomic<int> torn{0};
    sync::atomic<int> writes{0};
    {
      std::vector<sync::thread> all;
      for (int i = 0; i < threads; ++i)
        all.emplace_back("visitor", [&, i] {
          std::mt19937 random{seed + static_cast<unsigned>(i)};
          decltype(auto) visitor = version.enter();
          for (int n = 0; n < rounds; ++n) {
            auto dice = random() % 8;
            if (dice < 5) {
              std::shared_lock lock{visitor, std::defer_lock};
              if (dice > 0 || !lock.try_lock_for(1us)) // who gives up must not disturb others
                lock.lock();
              torn.fetch_add(left == right ? 0 : 1);
            } else {
              std::unique_lock lock{visitor, std::defer_lock};
              if (dice > 5 || !lock.try_lock_for(1us))
                lock.lock();
              ++left;
              sync::pause();
              ++right;
              writes.fetch_add(1);
            }
          }
        });
    }
    CHECK(torn.load() == 0);
    CHECK(left == writes.load());
    CHECK(right == writes.load());
  }
}

TEST_CASE_TEMPLATE("readers_writers: readers go together, a writer does not", Version, by_lock,
                   by_message) {
  Version version;
  sync::barrier together{3};
  std::vector<sync::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back("reader", [&] { // would hang if one reader kept the others out
      decltype(auto) visitor = version.enter();
      std::shared_lock lock{visitor};
      together.arrive_and_wait();
    });
  readers.clear();
  decltype(auto) one = version.enter();
  decltype(auto) other = version.enter();
  {
    std::shared_lock reading{one};
    CHECK_FALSE(other.try_lock());
    CHECK_FALSE(other.try_lock_for(1us));
    CHECK(other.try_lock_shared());
    other.unlock_shared();
  }
  std::unique_lock writing{one, 30s};
  CHECK(writing.owns_lock());
  CHECK_FALSE(other.try_lock());
  CHECK_FALSE(other.try_lock_shared());
  CHECK_FALSE(other.try_lock_shared_for(1us));
}

TEST_CASE_TEMPLATE("readers_writers: a writer that gives up holds nobody up", Version, by_lock,
                   by_message) {
  Version version;
  decltype(auto) visitor = version.enter();
  std::shared_lock reading{visitor}; // all the time
  sync::thread writer{"writer", [&](std::stop_token stop) {
                        decltype(auto) other = version.enter();
                        while (!stop.stop_requested())
                          CHECK_FALSE(other.try_lock_for(1us));
                      }};
  sync::thread{"reader",
               [&] {
                 decltype(auto) other = version.enter();
                 for (int n = 0; n < 1000; ++n)
                   std::shared_lock lock{other};
               }}
    .join();
  writer.request_stop();
}
