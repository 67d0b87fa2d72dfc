#pragma once

#include <atomic>

#include "mailroom/future/futex.hpp"

namespace mailroom::detail {

/// A lock for a few instructions that many threads want. Who waits gives its processor away now and
/// then: on a machine with few of them, the owner may need it. Not for anything that may block.
class spinlock {
public:
  void lock() noexcept {
    while (held_.exchange(true, std::memory_order_acquire)) {
      spin wait{200};
      while (held_.load(std::memory_order_relaxed))
        if (!wait())
          wait = spin{200};
    }
  }
  void unlock() noexcept { held_.store(false, std::memory_order_release); }

private:
  std::atomic<bool> held_{false};
};

} // namespace mailroom::detail
