#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace mailroom::detail {

using clock = std::chrono::steady_clock;

/// The deadline of those who have all the time in the world.
inline constexpr clock::time_point never = clock::time_point::max();

/// Returns when `duration` will have passed; `never` if that is too far away to count.
template <class Rep, class Period>
clock::time_point after(std::chrono::duration<Rep, Period> duration) {
  auto now = clock::now();
  if (std::chrono::duration<double>(duration) >= std::chrono::duration<double>(never - now))
    return never;
  return now + std::chrono::duration_cast<clock::duration>(duration);
}

/// Sleeps while `word` is `seen`, until somebody wakes it, or until `deadline`. May return early
/// for no reason. The standard's `std::atomic::wait` knows no deadline.
void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen,
                clock::time_point deadline) noexcept;

/// Wakes one thread that sleeps on `word`, if there is any.
void futex_wake_one(const std::atomic<std::uint32_t>& word) noexcept;

/// Wakes every thread that sleeps on `word`.
void futex_wake_all(const std::atomic<std::uint32_t>& word) noexcept;

/// Lets the processor breathe for some tens of nanoseconds.
inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Lets the processor and other threads breathe, in a loop that looks for something. Returns false
/// once it has looked often enough that sleeping is cheaper.
class spin {
public:
  explicit spin(int limit = 60) noexcept : left_(limit) {}
  bool operator()() noexcept;

private:
  int left_;
};

} // namespace mailroom::detail
