#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include "mailroom/caf.hpp"

namespace mailroom {

/// Who runs the actors of a system.
enum class scheduling {
  sharing,  ///< threads that take work from one queue and sleep when it is empty
  stealing, ///< a queue per thread; faster among busy actors, but idle threads poll
  parking,  ///< a queue per thread and one for all; faster still, and idle threads sleep
  manual    ///< nobody: a test calls `run_one()` or `run_all()`. Time stands still.
};

/// How to set up a `system`.
struct system_options {
  int threads = 0; ///< 0: as many as `usable_processors()`; ignored by `manual`
  scheduling scheduler = scheduling::parking;
  /// How long the destructor waits for actors that do not end when told to.
  std::chrono::milliseconds patience{10'000};
};

/// An actor system that starts right and stops without hanging.
///
/// The destructor tells every actor spawned here to end and waits for all. Actors that were spawned
/// by actors are waited for, but not told: link them to their parent. An actor that awaits an
/// answer (CAF's `.await`) hears of nothing else meanwhile: give such requests a timeout. If some
/// are left after `patience`, it says so on stderr and abandons the system, its threads included,
/// instead of hanging: that is a bug in the program.
///
/// It reads neither the command line nor any configuration file. Do not destroy it from within one
/// of its actors. A `system` may be used by any thread. After `using namespace mailroom` its name
/// still needs the prefix: the C library has a `system`, too.
class system {
public:
  /// Throws `std::invalid_argument` if there are less than 0 or more than 1024 threads.
  explicit system(system_options options = {});
  ~system();
  system(const system&) = delete;
  system& operator=(const system&) = delete;

  /// Returns the system of those who do not bring their own: started for the first user and gone
  /// with the last.
  static std::shared_ptr<system> shared();

  /// Returns CAF's own view of this system. A thread that spawns through it, or makes a
  /// `caf::scoped_actor`, must have ended before the system does.
  caf::actor_system& caf() noexcept;

  /// Starts an actor, like `caf::actor_system::spawn`, and ends it with the system.
  template <class... Arguments>
  auto spawn(Arguments&&... arguments) {
    detail::visit visit;
    return adopt(caf().spawn(std::forward<Arguments>(arguments)...));
  }

  /// Starts an actor with a thread of its own: for handlers that block.
  template <class... Arguments>
  auto spawn_detached(Arguments&&... arguments) {
    detail::visit visit;
    return adopt(caf().spawn<caf::detached>(std::forward<Arguments>(arguments)...));
  }

  /// Returns whether nobody runs its actors unless told: `scheduling::manual`.
  bool by_hand() const noexcept;

  /// Returns how many actors have not ended.
  std::size_t running() const;

  // -- scheduling::manual only: else these throw system_error -------------------------------------

  /// Lets the actor whose turn it is handle one message. Returns whether there was one.
  bool run_one();

  /// Runs until no actor has a message left. Returns how many were handled.
  std::size_t run_all();

  /// Lets time pass. What becomes due meanwhile, delayed messages and timeouts, is handled at its
  /// time and in its order, and so is all that follows from it. Returns how many messages were
  /// handled.
  std::size_t advance(std::chrono::nanoseconds time);

private:
  template <class Handle>
  Handle adopt(Handle handle) {
    adopt_address(caf::actor_cast<caf::actor_addr>(handle));
    return handle;
  }

  void adopt_address(caf::actor_addr address);
  caf::scheduler::test_coordinator& manual();

  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace mailroom
