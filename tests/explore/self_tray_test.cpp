#include <doctest/doctest.h>

#include "explore/explored.hpp"
#include "explore/planted.hpp"
#include "explore/proof.hpp"
#include "mailroom/executor/tray.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
using explore::ensure;
using test::explored, test::early, test::unlocked, test::proved, test::refuted;

namespace {

using task = detail::typed_state<int>;

/// Tasks, and how often each was taken.
struct tasks {
  task all[3];
  int taken[3] = {};

  void took(const detail::job* j) {
    for (int i = 0; i < 3; ++i)
      taken[i] += j == &all[i] ? 1 : 0;
  }
};

/// An owner pushes and takes from the front, thieves steal.
template <class Primitives>
void push_and_steal(int jobs, int thieves, std::size_t room = 4) {
  detail::basic_tray<Primitives> tray{room};
  tasks t;
  {
    std::vector<sync::thread> threads;
    threads.emplace_back("owner", [&] {
      for (int i = 0; i < jobs; ++i)
        tray.push_back(t.all[i]);
      while (auto* j = tray.pop_front_and_begin()) {
        t.took(j);
        tray.end();
      }
    });
    for (int i = 0; i < thieves; ++i)
      threads.emplace_back("thief", [&] { t.took(tray.steal()); });
  }
  for (int i = 0; i < jobs; ++i)
    ensure(t.taken[i] == 1, "a task was lost, or taken twice");
}

/// Everybody wants the same task: its owner at the back, a thief at the front, and who cancels it.
template <class Primitives>
void take_the_last() {
  detail::basic_tray<Primitives> tray{4};
  tasks t;
  tray.push_back(t.all[0]);
  {
    sync::thread owner{"owner", [&] {
                         if (tray.pop_back_and_begin(t.all[0]))
                           t.took(&t.all[0]);
                       }};
    sync::thread thief{"thief", [&] { t.took(tray.steal()); }};
    sync::thread canceller{"canceller", [&] {
                             if (tray.remove(t.all[0]))
                               t.took(&t.all[0]);
                           }};
  }
  ensure(t.taken[0] == 1, "a task was lost, or taken twice");
}

/// A worker waits for a task and sleeps until that one submits something.
template <class Primitives>
void watch_for_descendants() {
  detail::basic_tray<Primitives> tray{4};
  tasks t;
  detail::basic_parker<Primitives> place;
  tray.begin_other(t.all[0]);
  {
    sync::thread owner{"owner", [&] { tray.push_back(t.all[1]); }};
    sync::thread helper{"helper", [&] {
                          tray.watch(place);
                          for (;;) {
                            auto since = place.ready();
                            if (auto* j = tray.steal_descendant(t.all[0])) {
                              t.took(j);
                              break;
                            }
                            place.park(since, detail::never);
                          }
                          tray.unwatch(place);
                        }};
  }
  ensure(t.taken[1] == 1, "a task was lost, or taken twice");
}

} // namespace

TEST_CASE("self: tray, one job, its owner and a thief") {
  proved([] { push_and_steal<explored>(1, 1); }, 5);
}

TEST_CASE("self: tray, two jobs, its owner and a thief") {
  proved([] { push_and_steal<explored>(2, 1); }, 18);
}

TEST_CASE("self: tray, two jobs and two thieves") {
  proved([] { push_and_steal<explored>(2, 2); }, 256);
}

TEST_CASE("self: tray, grows while somebody steals") {
  proved([] { push_and_steal<explored>(2, 1, 1); }, 19);
}

TEST_CASE("self: tray, three want the same job") {
  proved([] { take_the_last<explored>(); }, 11);
}

TEST_CASE("self: tray, wakes who watches it") {
  proved([] { watch_for_descendants<explored>(); }, 11);
}

TEST_CASE("self: a tray whose lock admits everybody") {
  refuted([] { push_and_steal<unlocked>(1, 1); }, explore::ending::violated,
          "AAAAAAAABBBBBAAAAAAAA");
}

TEST_CASE("self: a tray that wakes who watches before it counts") {
  refuted([] { watch_for_descendants<early>(); }, explore::ending::lost_wakeup,
          "AABBBBBBBAAAAABAA");
}
