#pragma once

#include <set>
#include <stdexcept>

#include "mailroom/sync/gate.hpp"
#include "mailroom/sync/world.hpp"

namespace mailroom::sync {

/// A meeting point for a fixed number of threads, again and again: nobody goes on before all are
/// there. A thread that never comes holds up all others; a watch reports that as a deadlock.
template <class Primitives>
class basic_barrier : public object {
public:
  /// Throws `std::invalid_argument` if `parties` is not positive.
  explicit basic_barrier(int parties, const char* name = "barrier")
    : object(name), parties_(parties) {
    if (parties < 1)
      throw std::invalid_argument("a barrier needs 1 or more parties");
  }

  /// Waits until all parties have arrived.
  void arrive_and_wait() {
    if (world* w = one_step()) [[unlikely]] {
      w->reach({operation::release, this});
      auto mine = round_;
      arrive();
      waiting_in_.emplace(w->self(), mine);
      w->reach({operation::acquire, this});
      waiting_in_.erase({w->self(), mine});
    } else {
      unsigned mine = 0;
      gate_.open([&] {
        mine = round_;
        arrive();
      });
      gate_.pass(operation::acquire, *this, [&] { return round_ != mine; });
    }
  }

  bool ready(operation what, int thread, int) const override {
    return what != operation::acquire || !waiting_in_.contains({thread, round_});
  }

  std::uint64_t state() const override { return static_cast<std::uint64_t>(arrived_); }

private:
  using gate = basic_gate<Primitives>;

  /// The exploration in which what it does is one step.
  world* one_step() const noexcept { return Primitives::one_step ? explored() : nullptr; }

  void arrive() {
    if (++arrived_ == parties_) {
      arrived_ = 0;
      ++round_;
    }
  }

  gate gate_;
  int parties_;
  int arrived_ = 0;                               // guarded by gate_
  unsigned round_ = 0;                            // guarded by gate_
  std::set<std::pair<int, unsigned>> waiting_in_; // while explored
};

using barrier = basic_barrier<detail::standard>;

} // namespace mailroom::sync
