#pragma once

#include <stdexcept>

#include "mailroom/sync/gate.hpp"
#include "mailroom/sync/world.hpp"

namespace mailroom::sync {

/// A count that only goes down; threads wait for zero. For one use: see `barrier` for rounds.
class latch : public object {
public:
  /// Throws `std::invalid_argument` if `count` is negative.
  explicit latch(int count, const char* name = "latch") : object(name), count_(count) {
    if (count < 0)
      throw std::invalid_argument("a latch counts down from 0 or more");
  }

  /// Counts down by one and does not wait. At zero it stays at zero.
  void count_down() {
    auto down = [this] { count_ -= count_ > 0 ? 1 : 0; };
    if (world* w = explored()) [[unlikely]] {
      w->reach({operation::release, this});
      down();
    } else {
      gate_.open(down);
    }
  }

  /// Waits for zero.
  void wait() {
    if (world* w = explored()) [[unlikely]]
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
  gate gate_;
  int count_; // guarded by gate_
};

} // namespace mailroom::sync
