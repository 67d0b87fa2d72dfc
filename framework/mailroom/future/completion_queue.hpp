#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "mailroom/future/state.hpp"

namespace mailroom::detail {

/// Hands out some states one by one, as they settle: those that have already come first, in the
/// order given. For one thread, which waits; it helps if it is a worker.
class completion_queue {
public:
  explicit completion_queue(std::vector<state_ptr<shared_state>> states);
  ~completion_queue();
  completion_queue(const completion_queue&) = delete;
  completion_queue& operator=(const completion_queue&) = delete;

  /// How many have not been handed out.
  std::size_t left() const noexcept { return left_; }

  /// Waits for the next one and hands over its reference. Returns nothing if there are none left,
  /// or none in time; after `deadline`, those that have settled are still handed out.
  std::optional<state_ptr<shared_state>> pop(clock::time_point deadline);

private:
  struct entry final : hook {
    entry() : hook(kind::when_settled) {}
    void fire(shared_state&) noexcept override;
    completion_queue* queue = nullptr;
    state_ptr<shared_state> state;
  };

  bool any_ready();
  void sleep(clock::time_point deadline);

  std::deque<entry> entries_; // a deque: hooks cannot move
  std::size_t left_;
  std::mutex mutex_;
  std::deque<entry*> ready_; // guarded by mutex_
  parker place_;
};

} // namespace mailroom::detail
