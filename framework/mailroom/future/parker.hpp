#pragma once

#include <atomic>
#include <cstdint>

#include "mailroom/future/primitives.hpp"

namespace mailroom::detail {

/// Puts one thread to sleep and wakes it again. A wake-up that comes before is not lost.
template <class Primitives>
class basic_parker {
public:
  /// Returns what `park` needs to notice wake-ups from now on.
  std::uint32_t ready() const noexcept(Primitives::nothrow) {
    return wakes_.load(std::memory_order_acquire);
  }

  /// Sleeps until `unpark` is called or was since `ready` returned `since`, or until `deadline`.
  /// May return early.
  void park(std::uint32_t since, clock::time_point deadline) noexcept(Primitives::nothrow) {
    Primitives::sleep(wakes_, since, deadline);
  }

  void unpark() noexcept(Primitives::nothrow) {
    wakes_.fetch_add(1, std::memory_order_acq_rel);
    Primitives::wake_all(wakes_);
  }

private:
  typename Primitives::word wakes_{0};
};

using parker = basic_parker<real>;

} // namespace mailroom::detail
