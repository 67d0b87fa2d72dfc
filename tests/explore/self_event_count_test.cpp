#include <doctest/doctest.h>

#include "explore/explored.hpp"
#include "explore/planted.hpp"
#include "explore/proof.hpp"
#include "mailroom/future/event_count.hpp"
#include "mailroom/future/parker.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
using test::explored, test::late, test::early, test::proved, test::refuted;

namespace {

/// Each of so many waits until there is one thing for it, and takes it.
template <class Primitives>
void wait_for_things(int waiters, int things, bool at_once) {
  detail::basic_event_count<Primitives> changed;
  sync::atomic<int> there{0, "there"};
  auto take = [&] {
    for (;;) {
      auto n = there.load();
      while (n > 0)
        if (there.compare_exchange(n, n - 1))
          return;
      auto since = changed.prepare();
      if (there.load() > 0)
        changed.cancel();
      else
        changed.wait(since);
    }
  };
  std::vector<sync::thread> all;
  for (int i = 0; i < waiters; ++i)
    all.emplace_back("waiter", take);
  all.emplace_back("giver", [&] {
    if (at_once) {
      there.fetch_add(things);
      changed.notify_all();
    } else {
      for (int i = 0; i < things; ++i) {
        there.fetch_add(1);
        changed.notify_one();
      }
    }
  });
}

template <class Primitives>
void park_until_told() {
  detail::basic_parker<Primitives> place;
  sync::atomic<bool> told{false, "told"};
  sync::thread sleeper{"sleeper", [&] {
                         for (;;) {
                           auto since = place.ready();
                           if (told.load())
                             return;
                           place.park(since, detail::never);
                         }
                       }};
  sync::thread caller{"caller", [&] {
                        told.store(true);
                        place.unpark();
                      }};
}

} // namespace

TEST_CASE("self: event_count loses no wake-up, one waiter") {
  proved([] { wait_for_things<explored>(1, 1, false); }, 9);
  proved([] { wait_for_things<explored>(1, 1, true); }, 9);
}

TEST_CASE("self: event_count wakes two at once") {
  proved([] { wait_for_things<explored>(2, 2, true); }, 1880);
}

TEST_CASE("self: event_count wakes one of two after the other, within 3 preemptions") {
  proved([] { wait_for_things<explored>(2, 2, false); }, 12248, test::with_preemptions(3));
}

TEST_CASE("self: an event_count whose waiters prepare after they have looked") {
  refuted([] { wait_for_things<late>(1, 1, false); }, explore::ending::deadlock, "AABBAAA");
}

TEST_CASE("self: parker loses no wake-up") {
  proved([] { park_until_told<explored>(); }, 7);
}

TEST_CASE("self: a parker that wakes before it counts") {
  refuted([] { park_until_told<early>(); }, explore::ending::lost_wakeup, "AABBAB");
}
