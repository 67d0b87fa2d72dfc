#pragma once

#include <cstdint>
#include <mutex>
#include <stdexcept>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::lock_based {

/// A meeting point for a number of parties, again and again: nobody goes on before all are there.
///
/// Shared state: `parties_`, `missing_`, `phases_`. Guarded by: `mutex_`; who waits, waits for
/// `all_here_`. A thread that never comes holds up all others.
/// Costs: all are woken at the same time, and fight for the mutex.
class barrier {
public:
  /// Throws `std::invalid_argument` if `parties` is not positive.
  explicit barrier(int parties) : parties_(parties), missing_(parties) {
    if (parties < 1)
      throw std::invalid_argument("a barrier needs 1 or more parties");
  }

  /// Waits until all are there. Returns which phase that ended, from 1. Throws
  /// `std::invalid_argument` if all parties have been dropped.
  std::uint64_t arrive_and_wait() {
    std::unique_lock lock{mutex_};
    auto mine = phases_ + 1;
    arrive(false);
    all_here_.wait(lock, [&] { return phases_ >= mine; });
    return mine;
  }

  /// Arrives, but does not wait, and is not expected again. Throws like `arrive_and_wait`.
  void arrive_and_drop() {
    std::lock_guard lock{mutex_};
    arrive(true);
  }

private:
  void arrive(bool for_good) {
    if (missing_ == 0)
      throw std::invalid_argument("nobody is expected at this barrier any more");
    parties_ -= for_good ? 1 : 0;
    if (--missing_ > 0)
      return;
    missing_ = parties_;
    ++phases_;
    all_here_.notify_all(); // under the lock: who is woken may be the one to destroy the barrier
  }

  sync::mutex mutex_{"barrier"};
  sync::condition_variable all_here_{"the others"};
  int parties_;              // expected in the next phase; guarded by mutex_, as are those below
  int missing_;              // in this one; 0 only if there are no parties left
  std::uint64_t phases_ = 0; // that have ended
};

} // namespace mailroom::lock_based
