#pragma once

#include <atomic>
#include <cstddef>

#include "mailroom/future/primitives.hpp"

namespace mailroom::detail {

/// The right to run an agent: one thread has it at a time, and somebody has it, or will, while
/// there is a message.
///
/// It decides and counts; the messages are those of the agent, who also asks its scheduler to come
/// when this says so. Whoever has the right looks for messages before giving it back, so those who
/// send meanwhile need not ask. Looking is for any thread; changing is under `lock`, unless it says
/// otherwise.
template <class Primitives>
class basic_run_right {
  static constexpr bool nothrow = Primitives::nothrow;
  static constexpr auto relaxed = std::memory_order_relaxed;

  template <class T>
  using atomic = typename Primitives::template atomic<T>;

public:
  using spinlock = typename Primitives::spinlock;

  mutable spinlock lock;

  // -- looking ------------------------------------------------------------------------------------

  /// Whether somebody has it.
  bool taken() const noexcept(nothrow) { return running_.load(relaxed); }

  bool closed(std::memory_order order = relaxed) const noexcept(nothrow) {
    return closed_.load(order);
  }

  /// How many messages wait; too many while somebody runs some of them.
  std::size_t length(std::memory_order order = relaxed) const noexcept(nothrow) {
    return length_.load(order);
  }

  /// Whether a scheduler still has to come, or has not gone. Under the lock, or at the end.
  bool scheduled() const noexcept { return scheduled_; }

  // -- messages -----------------------------------------------------------------------------------

  /// There is one message more. Returns whether a scheduler has to come for it.
  bool added() noexcept(nothrow) {
    length_.store(length() + 1, relaxed);
    return must_schedule();
  }

  /// There are so many less, and perhaps room.
  void removed(std::size_t n,
               std::memory_order order = std::memory_order_seq_cst) noexcept(nothrow) {
    length_.store(length() - n, order);
  }

  /// There will be no more.
  void close() noexcept(nothrow) { closed_.store(true, std::memory_order_seq_cst); }

  // -- getting the right --------------------------------------------------------------------------

  /// Gets it if nobody has it.
  bool take() noexcept(nothrow) {
    if (taken())
      return false;
    running_.store(true, relaxed);
    return true;
  }

  /// Gets it to do something at once: if there is nothing to be done before, or ever again.
  bool take_if_idle() noexcept(nothrow) { return length() == 0 && !closed() && take(); }

  /// Gets it to help those who sent messages.
  bool take_if_needed() noexcept(nothrow) { return length() > 0 && take(); }

  /// Gets it for a scheduler. If not, the scheduler is to go: because somebody else has it, or
  /// there is nothing to do and it does not want to `stay`.
  bool take_scheduled(bool stay) noexcept(nothrow) {
    if ((length() > 0 || stay) && take())
      return true;
    scheduled_ = false;
    return false;
  }

  // -- giving it back -----------------------------------------------------------------------------

  struct given_back {
    bool messages; ///< there are some left
    bool schedule; ///< and a scheduler has to come for them
    bool ended;    ///< there are none, and will be none
  };

  given_back give_back() noexcept(nothrow) {
    running_.store(false, std::memory_order_seq_cst);
    bool any = length() > 0;
    return {any, any && must_schedule(), !any && closed()};
  }

  /// Gives it back if that is all there is to do.
  bool give_back_if_idle() noexcept(nothrow) {
    if (length() > 0 || closed())
      return false;
    running_.store(false, relaxed);
    return true;
  }

  /// The scheduler goes, and leaves the right to somebody else.
  void unschedule() noexcept { scheduled_ = false; }

private:
  bool must_schedule() noexcept(nothrow) {
    if (taken() || scheduled_)
      return false; // whoever runs it looks again before it stops
    scheduled_ = true;
    return true;
  }

  bool scheduled_ = false;        // it is in the scheduler, or soon will be
  atomic<bool> closed_{false};    // all are written under lock
  atomic<bool> running_{false};   // somebody has the right
  atomic<std::size_t> length_{0}; // of the queue
};

using run_right = basic_run_right<real>;

} // namespace mailroom::detail
