#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mailroom::explore {

/// The permission to move: one thread waits for it, another one passes it on.
class baton {
public:
  /// Lets the one that waits go on, or the next one that will.
  void pass();

  void wait();

  /// Waits until `limit`, or for ever if it is the largest one. Returns whether it was passed.
  bool wait_until(std::chrono::steady_clock::time_point limit);

private:
  std::mutex mutex_;
  std::condition_variable passed_;
  bool here_ = false; // guarded by mutex_
};

/// Threads of the system that are used again and again: to start one takes longer than to explore a
/// schedule. Only one of them moves at a time.
///
/// All members belong to whoever may move at the moment.
class runners {
public:
  /// A thread that waits for its baton, runs its body, and waits again.
  struct runner {
    baton turn;
    std::function<void()> body; ///< null: end
    std::thread thread;
  };

  runners() = default;

  /// Ends all threads. None may be inside a body.
  ~runners();

  /// Returns a thread that has nothing to do. It begins with what its `body` is when its `turn`
  /// comes.
  runner& take();

  /// Takes a thread back: it is in the last lines of its body.
  void give_back(runner& r) { free_.push_back(&r); }

  /// The baton of the one who explores, and has all others run.
  baton& home() noexcept { return home_; }

private:
  std::vector<std::unique_ptr<runner>> all_;
  std::vector<runner*> free_;
  baton home_;
};

} // namespace mailroom::explore
