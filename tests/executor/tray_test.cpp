#include "mailroom/executor/tray.hpp"

#include <deque>
#include <thread>

#include <doctest/doctest.h>

#include "executor/support.hpp"

using namespace mailroom;
using namespace mailroom::test;

// What a worker has laid out for itself, and what others may take from it.

namespace {

using thing = detail::typed_state<int>;

/// Things that are begun, or wait in a tray. One for each test.
class things {
public:
  thing& operator[](std::size_t i) {
    while (all_.size() <= i)
      all_.push_back(detail::state_ptr<thing>::adopt(new thing));
    return *all_[i];
  }

private:
  std::deque<detail::state_ptr<thing>> all_;
};

} // namespace

TEST_CASE("tray: who helps gets the oldest of what was submitted since, and nothing older") {
  things t;
  detail::tray tray;
  tray.push_back(t[0]);
  tray.push_back(t[1]);
  tray.begin_other(t[9]);
  tray.push_back(t[2]);
  tray.push_back(t[3]);
  CHECK(tray.steal_descendant(t[8]) == nullptr); // nobody has begun it
  CHECK(tray.steal_descendant(t[9]) == &t[2]);
  CHECK(tray.steal_descendant(t[9]) == &t[3]);
  CHECK(tray.steal_descendant(t[9]) == nullptr);
  CHECK(tray.steal() == &t[0]);
  CHECK(tray.pop_front_and_begin() == &t[1]);
  CHECK(tray.size() == 0);
}

TEST_CASE("tray: what is taken out of the middle makes nobody somebody else's child") {
  things t;
  detail::tray tray;
  tray.push_back(t[0]);
  tray.begin_other(t[8]);
  tray.push_back(t[1]);
  tray.begin_other(t[9]);
  tray.push_back(t[2]);
  CHECK(tray.remove(t[2]));
  CHECK_FALSE(tray.remove(t[2]));
  CHECK(tray.steal_descendant(t[9]) == nullptr);
  CHECK(tray.steal_descendant(t[8]) == &t[1]);
  CHECK(tray.steal_descendant(t[8]) == nullptr);
  CHECK(tray.pop_front_and_begin() == &t[0]);
}

TEST_CASE("tray: first in, first out, around its end and when it grows") {
  constexpr std::size_t many = 300;
  things t;
  detail::tray tray;
  std::size_t next = 0;
  for (std::size_t i = 0; i < many; ++i) {
    tray.push_back(t[i]);
    if (i % 3 == 0)
      CHECK(tray.steal() == &t[next++]);
  }
  CHECK(tray.size() == many - next);
  CHECK(tray.pop_back_and_begin(t[many - 1]));
  CHECK_FALSE(tray.pop_back_and_begin(t[0]));
  while (next < many - 1)
    CHECK(tray.pop_front_and_begin() == &t[next++]);
  CHECK(tray.steal() == nullptr);
}

TEST_CASE("tray: its owner adds and takes while others take: each job goes to one") {
  constexpr std::size_t many = 20'000;
  things t;
  t[many]; // all there before the threads look
  detail::tray tray;
  std::vector<std::atomic<int>> taken(many);
  std::atomic<bool> done{false};
  auto note = [&](detail::job* j) {
    if (j)
      taken[static_cast<std::size_t>(j->ticket)].fetch_add(1);
    return j != nullptr;
  };
  auto thief = [&] {
    while (!done.load())
      note(tray.steal());
  };
  auto helper = [&] {
    while (!done.load())
      note(tray.steal_descendant(t[many]));
  };
  std::thread a{thief};
  std::thread b{helper};
  for (std::size_t i = 0; i < many; ++i) {
    t[i].ticket = static_cast<std::int64_t>(i);
    if (i % 50 == 0) {
      tray.begin_other(t[many]);
    } else if (i % 50 == 49) {
      tray.end();
    }
    tray.push_back(t[i]);
    if (i % 3 == 0 && tray.pop_back_and_begin(t[i])) {
      note(&t[i]);
      tray.end();
    }
    if (i % 7 == 0)
      if (note(tray.pop_front_and_begin()))
        tray.end();
  }
  while (note(tray.steal())) {
  }
  done = true;
  a.join();
  b.join();
  for (auto& n : taken)
    CHECK(n.load() == 1);
}
