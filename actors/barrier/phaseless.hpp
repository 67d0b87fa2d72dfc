#pragma once

#include <mutex>
#include <stdexcept>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::phaseless {

/// A meeting point that does not tell its phases apart. Here to lose: use `lock_based::barrier` or
/// `barrier_actor`. No access is unprotected, ThreadSanitizer finds nothing wrong.
///
/// Shared state: `missing_`. Guarded by: `mutex_`; who waits, waits for `all_here_`.
/// Goes wrong when one is back before another one has left: who is woken finds that somebody is
/// missing, from the next phase, and sleeps on. Then each waits for the other.
class barrier {
public:
  /// Throws `std::invalid_argument` if `parties` is not positive.
  explicit barrier(int parties) : parties_(parties), missing_(parties) {
    if (parties < 1)
      throw std::invalid_argument("a barrier needs 1 or more parties");
  }

  /// Waits until nobody is missing.
  void arrive_and_wait() {
    std::unique_lock lock{mutex_};
    if (--missing_ > 0) {
      all_here_.wait(lock, [this] { return missing_ == parties_; });
    } else {
      missing_ = parties_;
      all_here_.notify_all();
    }
  }

private:
  sync::mutex mutex_{"barrier"};
  sync::condition_variable all_here_{"the others"};
  const int parties_;
  int missing_; // guarded by mutex_
};

} // namespace mailroom::phaseless
