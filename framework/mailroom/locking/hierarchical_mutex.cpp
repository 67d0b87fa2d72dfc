#include "mailroom/locking/hierarchical_mutex.hpp"

#include <fmt/format.h>

namespace mailroom {

constinit thread_local hierarchical_mutex* hierarchical_mutex::held_ = nullptr;

void hierarchical_mutex::lock() {
  for (auto* held = held_; held; held = held->next_)
    if (number_ <= held->number_)
      throw lock_order_error(fmt::format("cannot lock {} ({}) while holding {} ({}): "
                                         "the number must be higher",
                                         name(), number_, held->name(), held->number_));
  mutex_.lock();
  enter();
}

bool hierarchical_mutex::try_lock() {
  for (auto* held = held_; held; held = held->next_)
    if (held == this)
      return false; // which a std::mutex does not promise
  if (!mutex_.try_lock())
    return false;
  enter();
  return true;
}

void hierarchical_mutex::unlock() {
  leave();
  mutex_.unlock();
}

void hierarchical_mutex::enter() noexcept {
  next_ = held_;
  held_ = this;
}

void hierarchical_mutex::leave() noexcept {
  auto** link = &held_;
  while (*link && *link != this)
    link = &(*link)->next_;
  if (*link)
    *link = next_;
}

} // namespace mailroom
