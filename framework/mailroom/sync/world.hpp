#pragma once

#include <functional>
#include <string>

#include "mailroom/sync/object.hpp"

namespace mailroom::sync {

/// One operation a thread announces before doing it.
struct step {
  operation what;
  const object* on = nullptr;
  const object* with = nullptr; ///< the mutex of a wait
};

/// Decides which thread moves next: the seam between `sync` objects and a schedule explorer.
///
/// All threads of a world run one at a time. Each announces a step with `reach()`, is suspended
/// there, and does the step when the world has chosen it, so the state inside the objects needs no
/// protection. Implemented by `explore::thread_world`; a program never calls it itself.
class world {
public:
  virtual ~world() = default;

  /// Returns the world the calling thread runs in; null on every ordinary thread.
  static world* current() noexcept { return current_; }

  /// Announces a step and waits until it is chosen. Returns which of its outcomes is chosen, see
  /// `object::outcomes()`. Throws to unwind the thread when the run is over, but only at steps for
  /// which `may_unwind()` holds.
  virtual int reach(const step& next) = 0;

  /// Starts a thread of this world and returns its number. It runs up to its first step.
  virtual int start(std::string name, std::function<void()> body) = 0;

  /// Waits until thread `number` has ended.
  virtual void join(int number) = 0;

  /// Returns the number of the thread that moves now; 0 is the one that started it all.
  virtual int self() const noexcept = 0;

  /// Adds what came of the last step, such as a value read, for those who read the schedule.
  virtual void note(std::string text) = 0;

  /// Hears that the moving thread has got on, see `sync::progress()`.
  virtual void progressed() = 0;

  /// Returns whether a wait on a condition may end for no reason, once for each thread.
  virtual bool spurious_wakeups() const noexcept = 0;

  /// Takes a new object in and returns its number, from 1.
  virtual std::uint32_t enroll(object& fresh) = 0;

  /// Forgets an object.
  virtual void dismiss(const object& gone) noexcept = 0;

  /// Hears from a thread of its own that it uses an object that was made outside.
  virtual void outsider(const object& used) noexcept = 0;

  /// Hears from a thread that is not its own that it uses an object of this world. The thread goes
  /// on with the standard primitive inside.
  virtual void intruder(const object& used) noexcept = 0;

protected:
  /// Puts the calling thread into a world, or takes it out with null.
  static void enter(world* w) noexcept {
    current_ = w;
    controlled = w != nullptr;
  }

  /// Makes an object that outlives its world an ordinary one.
  static void release(object& o) noexcept { o.world_ = nullptr; }

private:
  static inline constinit thread_local world* current_ = nullptr;
};

} // namespace mailroom::sync
