#pragma once

#include <atomic>
#include <utility>

#include "mailroom/messaging/run_right.hpp"

namespace mailroom::detail {

/// Who gets the right to run an agent from the thread that has it: a holder, which does something
/// else with it, and not the next message. For that thread, unless it says otherwise.
template <class Holder, class Primitives>
class basic_next_holder {
  static constexpr bool nothrow = Primitives::nothrow;
  static constexpr auto relaxed = std::memory_order_relaxed;

public:
  /// Gives the right to `h` after this message.
  void set(Holder& h) noexcept { decided_ = &h; }

  /// Whether there is one, or somebody wants to be.
  bool due() const noexcept(nothrow) { return decided_ || wanted(); }

  /// Decides, under the lock of the right. Returns whether there is one: then the right is not
  /// given back.
  bool decide() noexcept(nothrow) {
    if (!decided_ && wanted())
      decided_ = wanted_by_.exchange(nullptr, relaxed);
    return decided_ != nullptr;
  }

  /// Returns the one it has decided for, and forgets it.
  Holder& take() noexcept { return *std::exchange(decided_, nullptr); }

  // -- for any thread, under the lock of the right --------------------------------------------------

  bool wanted() const noexcept(nothrow) { return wanted_by_.load(relaxed); }

  /// Gets the right for `h`, now or before the next message. Returns whether it has it now.
  bool ask(basic_run_right<Primitives>& right, Holder& h) noexcept(nothrow) {
    if (right.take())
      return true;
    wanted_by_.store(&h, relaxed);
    return false;
  }

  /// Takes that back, if it has not been decided.
  void withdraw() noexcept(nothrow) { wanted_by_.store(nullptr, relaxed); }

private:
  Holder* decided_ = nullptr;
  typename Primitives::template atomic<Holder*> wanted_by_{nullptr};
};

} // namespace mailroom::detail
