#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/shared.hpp"

/// What the algorithms of the framework are made of when they are explored.
namespace mailroom::test {

/// A word that threads can sleep on, as on a futex of Linux: whoever finds in it what it has seen
/// sleeps until somebody wakes it. To look and to fall asleep is one step. For explorations only.
class futex : public sync::atomic<std::uint32_t> {
public:
  explicit(false) futex(std::uint32_t initial = 0, const char* name = "futex")
    : atomic(initial, name) {}

  void sleep(std::uint32_t seen) {
    auto& w = *explored();
    w.reach({sync::operation::wait, this});
    if (value() != seen) {
      w.note("not as seen");
      return;
    }
    struct entry {
      std::vector<sleeper>& all;
      int thread;
      ~entry() {
        std::erase_if(all, [this](auto& s) { return s.thread == thread; });
      }
    } forget{sleepers_, w.self()};
    sleepers_.push_back({forget.thread, false});
    w.reach({sync::operation::wake, this});
  }

  void wake_one() {
    auto chosen = explored()->reach({sync::operation::notify, this});
    lost_ = asleep() == 0;
    for (auto& s : sleepers_)
      if (!s.woken && chosen-- == 0)
        s.woken = true;
  }

  void wake_all() {
    explored()->reach({sync::operation::notify_all, this});
    lost_ = asleep() == 0;
    for (auto& s : sleepers_)
      s.woken = true;
  }

  int outcomes(sync::operation what) const override {
    return what == sync::operation::notify ? std::max(1, asleep()) : 1;
  }

  bool ready(sync::operation what, int thread, int) const override {
    return what != sync::operation::wake
           || std::any_of(sleepers_.begin(), sleepers_.end(),
                          [&](auto& s) { return s.thread == thread && s.woken; });
  }

  bool signal_lost() const override { return lost_; }

private:
  struct sleeper {
    int thread;
    bool woken;
  };

  /// The value, without a step of its own.
  std::uint64_t value() const { return atomic::state(); }

  int asleep() const {
    return static_cast<int>(
      std::count_if(sleepers_.begin(), sleepers_.end(), [](auto& s) { return !s.woken; }));
  }

  std::vector<sleeper> sleepers_; // in the order in which they fell asleep
  bool lost_ = false;             // the last wake-up came when nobody slept
};

/// The primitives of explorations, instead of `detail::real`.
///
/// Loops that spin end only if somebody else moves meanwhile, and the explorer need not let anybody
/// move. So whoever would look a few times before it sleeps looks zero times, and a spinlock is a
/// mutex: who waits for it is not asked whether it moves.
struct explored {
  // A run that is over is unwound by exceptions, out of every step.
  static constexpr bool nothrow = false;

  template <class T>
  using atomic = sync::atomic<T>;
  using word = test::futex;
  using spinlock = sync::mutex;

  struct spin {
    explicit spin(int = 0) {}
    bool operator()() { return false; }
  };

  /// Time does not run out.
  static void sleep(word& on, std::uint32_t seen, std::chrono::steady_clock::time_point) {
    on.sleep(seen);
  }
  static void wake_one(word& on) { on.wake_one(); }
  static void wake_all(word& on) { on.wake_all(); }
};

} // namespace mailroom::test
