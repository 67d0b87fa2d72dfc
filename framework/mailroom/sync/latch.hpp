#pragma once

#include <stdexcept>

#include "mailroom/sync/gate.hpp"
#include "mailroom/sync/world.hpp"

namespace mailroom::sync {

/// A count that only goes down; threads wait for zero. For one use: see `barrier` for rounds.
template <class Primitives>
class basic_latch : public object {
public:
  /// Throws `std::invalid_argument` if `count` is negative.
  explicit basic_latch(int count, const char* name = "latch") : object(name), count_(count) {
    if (count < 0)
      throw std::invalid_argument("a latch counts down from 0 or more");
  }

  /// Counts down by one and does not wait. At zero it stays at zero.
  void count_down() {
    auto down = [this] { count_ -= count_ > 0 ? 1 : 0; };
    if (world* w = one_step()) [[unlikely]] {
      w->reach({operation::release, this});
      down();
    } else {
      gate_.open(down);
    }
  }

  /// Waits for zero.
  void wait() {
    if (world* w = one_step()) [[unlikely]]
      w->reach({operation::acquire, this});
    else
      gate_.pass(operation::acquire, *this, [this] { return count_ == 0; });
  }

  void arrive_and_wait() {
    count_down();
    wait();
  }

  bool ready(operation what, int, int) const override {
    return what != operation::acquire || count_ == 0;
  }

  std::uint64_t state() const override { return static_cast<std::uint64_t>(count_); }

private:
  using gate = basic_gate<Primitives>;

  /// The exploration in which what it does is one step.
  world* one_step() const noexcept { return Primitives::one_step ? explored() : nullptr; }

  gate gate_;
  int count_; // guarded by gate_
};

using latch = basic_latch<detail::standard>;

} // namespace mailroom::sync
