#pragma once

#include <chrono>
#include <stdexcept>

#include "mailroom/sync/gate.hpp"
#include "mailroom/sync/world.hpp"

namespace mailroom::sync {

/// Permits that threads take and give back. Which of several waiting threads goes first is not
/// defined. Any thread may release: a semaphore has no owner.
template <class Primitives>
class basic_counting_semaphore : public object {
public:
  /// Throws `std::invalid_argument` if `permits` is negative.
  explicit basic_counting_semaphore(int permits, const char* name = "semaphore")
    : object(name), permits_(permits) {
    if (permits < 0)
      throw std::invalid_argument("a semaphore needs 0 or more permits");
  }

  /// Waits for a permit and takes it.
  void acquire() {
    if (world* w = one_step()) [[unlikely]] {
      w->reach({operation::acquire, this});
      --permits_;
    } else {
      gate_.pass(
        operation::acquire, *this, [this] { return permits_ > 0; }, [this] { --permits_; });
    }
  }

  /// Takes a permit if there is one. Never waits.
  bool try_acquire() { return try_acquire_until(watch::clock::time_point::min()); }

  /// Waits for a permit, but no longer than `limit`.
  template <class Rep, class Period>
  bool try_acquire_for(std::chrono::duration<Rep, Period> limit) {
    return try_acquire_until(watch::clock::now()
                             + std::chrono::ceil<watch::clock::duration>(limit));
  }

  /// Waits for a permit until `limit`. Inside an exploration time runs out only when there is none.
  bool try_acquire_until(watch::clock::time_point limit) {
    if (world* w = one_step()) [[unlikely]] {
      w->reach({operation::update, this});
      return permits_ > 0 && (--permits_, true);
    }
    return gate_.pass_until(
      operation::acquire, *this, limit, [this] { return permits_ > 0; }, [this] { --permits_; });
  }

  /// Gives `permits` back.
  void release(int permits = 1) {
    if (world* w = one_step()) [[unlikely]] {
      w->reach({operation::release, this});
      permits_ += permits;
    } else {
      gate_.open([&] { permits_ += permits; }, permits == 1 ? gate::wake::one : gate::wake::all);
    }
  }

  bool ready(operation what, int, int) const override {
    return what != operation::acquire || permits_ > 0;
  }

  std::uint64_t state() const override { return static_cast<std::uint64_t>(permits_); }

private:
  using gate = basic_gate<Primitives>;

  /// The exploration in which what it does is one step.
  world* one_step() const noexcept { return Primitives::one_step ? explored() : nullptr; }

  gate gate_;
  int permits_; // guarded by gate_
};

using counting_semaphore = basic_counting_semaphore<detail::standard>;

} // namespace mailroom::sync
