#include "mailroom/executor/pool_worker.hpp"

#include <algorithm>
#include <mutex>

namespace mailroom::detail {

void idle_workers::enter(pool_worker& w) {
  std::lock_guard lock{lock_};
  idle_.push_back(&w);
  size_.store(idle_.size(), std::memory_order_seq_cst);
}

bool idle_workers::take(pool_worker& w) {
  std::lock_guard lock{lock_};
  auto found = std::ranges::find(idle_, &w);
  if (found == idle_.end())
    return false;
  idle_.erase(found);
  size_.store(idle_.size(), std::memory_order_seq_cst);
  return true;
}

caf::actor idle_workers::take_any() {
  std::lock_guard lock{lock_};
  if (idle_.empty())
    return {};
  auto handle = idle_.back()->handle;
  idle_.pop_back();
  size_.store(idle_.size(), std::memory_order_seq_cst);
  return handle;
}

void idle_workers::forget(pool_worker& w) {
  std::lock_guard lock{lock_};
  w.handle = nullptr;
}

} // namespace mailroom::detail
