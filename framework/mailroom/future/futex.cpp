#include "mailroom/future/futex.hpp"

#include <climits>
#include <ctime>

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mailroom::detail {

namespace {

long futex(const std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* deadline) noexcept {
  static_assert(sizeof word == 4, "the kernel looks at 32 bits");
  return syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, deadline, nullptr,
                 FUTEX_BITSET_MATCH_ANY);
}

} // namespace

void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen,
                clock::time_point deadline) noexcept {
  if (deadline == never) {
    futex(word, FUTEX_WAIT_BITSET, seen, nullptr);
    return;
  }
  // FUTEX_WAIT_BITSET takes the time of CLOCK_MONOTONIC, which is what steady_clock shows.
  auto since_boot = deadline.time_since_epoch();
  if (since_boot.count() <= 0)
    return;
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
  timespec until{};
  until.tv_sec = static_cast<std::time_t>(seconds.count());
  until.tv_nsec = static_cast<long>(std::chrono::nanoseconds(since_boot - seconds).count());
  futex(word, FUTEX_WAIT_BITSET, seen, &until);
}

void futex_wake_one(const std::atomic<std::uint32_t>& word) noexcept {
  futex(word, FUTEX_WAKE_BITSET, 1, nullptr);
}

void futex_wake_all(const std::atomic<std::uint32_t>& word) noexcept {
  futex(word, FUTEX_WAKE_BITSET, INT_MAX, nullptr);
}

// Two threads on one processor get nowhere without the yield; eight pauses cost less than one.
bool spin::operator()() noexcept {
  if (left_ <= 0)
    return false;
  if (--left_ % 8 == 0)
    sched_yield();
  else
    relax();
  return true;
}

} // namespace mailroom::detail
