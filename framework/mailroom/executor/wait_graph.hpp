#pragma once

#include <span>

#include "mailroom/future/state.hpp"

namespace mailroom::detail {

class worker;

/// Enters a worker that is about to sleep into the graph of who waits for whom, until destroyed.
///
/// A worker may go on if one of the futures it waits for may still end; that is so if it is no
/// task, if a worker runs it that may go on, or if it is queued where a worker may go on or another
/// one start. Those to whom this does not apply wait for each other.
class wait_entry {
public:
  /// Throws `would_deadlock`, and enters nobody, if `who` would never go on.
  wait_entry(worker& who, std::span<shared_state* const> awaited);
  ~wait_entry();
  wait_entry(const wait_entry&) = delete;
  wait_entry& operator=(const wait_entry&) = delete;

  worker& who;
  std::span<shared_state* const> awaited;
};

} // namespace mailroom::detail
