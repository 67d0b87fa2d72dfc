#include "mailroom/executor/pool_worker.hpp"

#include <algorithm>
#include <mutex>

namespace mailroom::detail {

void idle_workers::enter(pool_worker& w, bool naps) {
  std::lock_guard lock{lock_};
  w.naps = naps;
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

bool idle_workers::nap(pool_worker& w, std::uint32_t since, clock::duration time) {
  w.bed.park(since, after(time));
  std::lock_guard lock{lock_};
  w.naps = false;
  return std::ranges::find(idle_, &w) != idle_.end();
}

bool idle_workers::wake_any() {
  pool_worker* w;
  caf::actor sleeper;
  {
    std::lock_guard lock{lock_};
    if (idle_.empty())
      return false;
    w = idle_.back();
    idle_.pop_back();
    size_.store(idle_.size(), std::memory_order_seq_cst);
    if (!w->naps)
      sleeper = w->handle;
  }
  if (sleeper)
    tell_to_look(sleeper);
  else
    w->bed.unpark();
  return true;
}

void idle_workers::forget(pool_worker& w) {
  std::lock_guard lock{lock_};
  w.handle = nullptr;
}

} // namespace mailroom::detail
