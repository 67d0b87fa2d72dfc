#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "mailroom/explore/result.hpp"

namespace mailroom::explore {

/// Which messages may overtake each other.
enum class semantics : std::uint8_t {
  node,   ///< as in one process of CAF: what one actor sends arrives in that order, everywhere
  network ///< as between processes: only messages between the same two actors keep their order
};
inline constexpr auto node = semantics::node;
inline constexpr auto network = semantics::network;

/// How far an exploration goes, and how.
struct options {
  explore::strategy strategy = strategy::automatic;
  int max_preemptions = 2;              ///< for `strategy::preemptions`
  int max_steps = 200;                  ///< of one schedule; longer ones are cut, and counted
  std::uint64_t max_schedules = 50'000; ///< per strategy; for random, how many
  std::chrono::nanoseconds max_time = std::chrono::seconds{30}; ///< real time, per strategy
  std::uint64_t seed = 1;                                       ///< for random
  std::uint64_t max_states = 20'000;                            ///< for `livelocks()`
  bool spurious_wakeups = false;       ///< whether a wait may end for no reason, once each
  explore::semantics semantics = node; ///< of messages
  /// Real time without a step after which a scenario is refused.
  std::chrono::nanoseconds patience = std::chrono::seconds{20};
  /// Called after each schedule, to count what the reports do not; on the exploring thread.
  std::function<void(ending)> after_each = {};
};

} // namespace mailroom::explore
