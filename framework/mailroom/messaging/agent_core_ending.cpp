// How an agent ends, and what it says of itself.

#include <mutex>

#include "mailroom/messaging/agent_core.hpp"

namespace mailroom::detail {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

} // namespace

void agent_core::close() noexcept {
  {
    std::lock_guard lock{right_.lock};
    right_.close();
  }
  wake_those_who_wait_for(*this); // for room
}

bool agent_core::join() noexcept {
  if (runs_on_this_thread())
    return false;
  auto busy = [this] {
    std::lock_guard lock{right_.lock};
    return right_.taken() || right_.length() > 0;
  };
  for (;;) {
    while (help(nullptr)) {
    }
    auto since = idle_.prepare();
    if (!busy()) {
      idle_.cancel();
      return true;
    }
    idle_.wait(since);
  }
}

std::size_t agent_core::size() const noexcept {
  std::lock_guard lock{right_.lock};
  return waiting();
}

queue_statistics agent_core::stats() const {
  std::lock_guard lock{right_.lock};
  queue_statistics s;
  s.sent = sent_;
  s.received = begun_.load(relaxed);
  s.dropped = removed_.load(relaxed) + refused_.load(relaxed);
  s.waiting = waiting();
  return s;
}

} // namespace mailroom::detail
