#pragma once

#include <atomic>
#include <cstdint>

#include "mailroom/future/futex.hpp"
#include "mailroom/future/spinlock.hpp"

namespace mailroom::detail {

/// What the algorithms made of atomics are made of. They are templates over this type, so that the
/// explorer can put its own in its place and go through every schedule of the code that is used:
/// see explore/proofs.md. Everything else uses this one.
struct real {
  static constexpr bool nothrow = true; ///< of all operations

  template <class T>
  using atomic = std::atomic<T>;

  using word = std::atomic<std::uint32_t>; ///< that threads can sleep on
  using spinlock = detail::spinlock;
  using spin = detail::spin;

  static void sleep(const word& on, std::uint32_t seen, clock::time_point deadline) noexcept {
    futex_wait(on, seen, deadline);
  }
  static void wake_one(const word& on) noexcept { futex_wake_one(on); }
  static void wake_all(const word& on) noexcept { futex_wake_all(on); }
};

} // namespace mailroom::detail
