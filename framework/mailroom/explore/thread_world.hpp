#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "mailroom/sync/world.hpp"

namespace mailroom::explore {

/// A step one thread could take now.
struct choice {
  int thread;          ///< in order of creation; 0 is the one that runs the scenario
  int alternative = 0; ///< of several outcomes, see `sync::step`
  friend bool operator==(const choice&, const choice&) = default;
};

/// A step that was taken, for those who read the schedule.
struct taken {
  int thread;
  std::string worker;  ///< the name of the thread
  std::string what;    ///< "read n"
  std::string outcome; ///< "= 0"; empty where there is nothing to tell
};

/// Runs a scenario on real threads of which only one moves at a time: the one it is told to.
///
/// A thread stops before each operation on a `sync` object that was made inside the scenario.
/// Joins are no steps: they are done as soon as they can be, since they disturb nobody. What is
/// not a `sync` object, like plain memory or a clock, is not controlled; a scenario must do the
/// same thing each time it is given the same choices.
class thread_world final : public sync::world {
public:
  /// Starts the scenario and runs it up to the first choice.
  explicit thread_world(std::function<void()> scenario);

  /// Unwinds all threads that have not ended.
  ~thread_world() override;

  /// Returns the steps that could be taken now. Empty when all have ended, when none can move any
  /// more (a deadlock), and when one has failed.
  std::vector<choice> choices() const;

  /// Takes one of `choices()` and runs that thread up to its next step.
  void take(const choice& c);

  // -- how it ended -------------------------------------------------------------------------------

  /// Returns whether every thread has ended.
  bool all_ended() const;

  /// Returns what left a thread as an exception, if any did.
  std::exception_ptr failure() const { return failure_; }

  /// Returns "A waits to lock local; B waits to lock cloud", naming all threads that have not
  /// ended.
  std::string who_waits() const;

  /// Returns all steps taken so far.
  const std::vector<taken>& history() const { return history_; }

  /// Returns the names of all threads in order of creation.
  std::vector<std::string> workers() const;

  // -- what the primitives call -------------------------------------------------------------------

  int reach(const sync::step& next) override;
  int start(std::string name, std::function<void()> body) override;
  void join(int number) override;
  int self() const noexcept override { return moving_; }
  void note(std::string text) override;
  std::uint32_t enroll(const sync::object& fresh) override;
  void dismiss(const sync::object& gone) noexcept override;

private:
  struct worker;

  bool can_move(int number, int alternative) const;
  void move(int number, int alternative);
  void settle();
  void unwind();

  std::deque<worker> workers_;
  int moving_ = 0;
  bool unwinding_ = false;
  std::exception_ptr failure_;
  std::vector<taken> history_;
  std::uint32_t objects_ = 0;
};

} // namespace mailroom::explore
