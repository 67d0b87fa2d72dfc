#pragma once

#include <chrono>

#include "mailroom/sync/gate.hpp"
#include "mailroom/sync/world.hpp"

namespace mailroom::sync {

/// A flag that threads wait for: once set it stays set, and whoever comes late does not wait.
///
/// It counts nothing: setting it twice is setting it once. Between `is_set()` and what is done
/// with the answer, somebody may `reset()` it.
template <class Primitives>
class basic_event : public object {
public:
  explicit basic_event(const char* name = "event") : object(name) {}

  /// Waits until the event is set.
  void wait() {
    if (world* w = one_step()) [[unlikely]]
      w->reach({operation::acquire, this});
    else
      gate_.pass(operation::acquire, *this, [this] { return set_; });
  }

  /// Waits until the event is set, but no longer than `limit`. Returns whether it is set. Inside an
  /// exploration time runs out only if the event is not set.
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> limit) {
    if (one_step()) [[unlikely]]
      return is_set();
    auto until = watch::clock::now() + std::chrono::ceil<watch::clock::duration>(limit);
    return gate_.pass_until(operation::acquire, *this, until, [this] { return set_; });
  }

  void set() { change(true); }

  void reset() { change(false); }

  bool is_set() const {
    if (world* w = one_step()) [[unlikely]] {
      w->reach({operation::read, this});
      return set_;
    }
    return gate_.peek([this] { return set_; });
  }

  bool ready(operation what, int, int) const override { return what != operation::acquire || set_; }

  std::uint64_t state() const override { return set_ ? 1 : 0; }

private:
  using gate = basic_gate<Primitives>;

  /// The exploration in which what it does is one step.
  world* one_step() const noexcept { return Primitives::one_step ? explored() : nullptr; }

  void change(bool to) {
    if (world* w = one_step()) [[unlikely]] {
      w->reach({operation::release, this});
      set_ = to;
    } else {
      gate_.open([&] { set_ = to; });
    }
  }

  gate gate_;
  bool set_ = false; // guarded by gate_
};

using event = basic_event<detail::standard>;

} // namespace mailroom::sync
