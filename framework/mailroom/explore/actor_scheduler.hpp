#pragma once

#include <cstddef>

#include "mailroom/caf.hpp"

namespace mailroom::explore {

/// Time that stands still until an alarm is chosen.
class actor_alarms final : public caf::detail::test_actor_clock {
public:
  /// Returns how many alarms could go off next: those that are due at the same time.
  std::size_t due_next() const;

  /// Lets one of them go off, and passes the time until then.
  void go_off(std::size_t which);
};

/// Runs the actors of one execution, when it is told to and on the thread that tells it.
///
/// What actors print with `caf::aout` is dropped: they would print it in each execution.
class actor_scheduler final : public caf::scheduler::test_coordinator {
public:
  using test_coordinator::test_coordinator;

  /// As CAF's configuration loads it.
  static caf::actor_system::module* make(caf::actor_system& sys, caf::detail::type_list<>);

  actor_alarms& clock() noexcept override { return clock_; }

protected:
  void start() override;

private:
  actor_alarms clock_;
};

} // namespace mailroom::explore
