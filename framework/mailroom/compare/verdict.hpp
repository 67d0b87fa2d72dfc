#pragma once

#include <cstdint>
#include <string_view>

namespace mailroom::compare {

/// What can come of a run.
enum class verdict : std::uint8_t {
  ok,
  lost_update, ///< two updates, one effect
  overdraft,   ///< more was taken than was there
  torn_read,   ///< a reader saw a state that never should have been visible
  deadlock,    ///< everybody waits for somebody
  livelock,    ///< everybody moves and nobody gets on
  lost_wakeup, ///< a signal came before anybody waited for it
  overtaken,   ///< somebody else took what a waiter was woken for
  crash,       ///< an exception nobody expected
};

/// Returns the name of `v`, as the command line prints it.
std::string_view to_string(verdict v) noexcept;

} // namespace mailroom::compare
