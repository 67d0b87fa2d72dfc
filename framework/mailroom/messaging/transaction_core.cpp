#include "mailroom/messaging/transaction_core.hpp"

namespace mailroom::detail {

void transaction_core::begin(std::span<seat> seats, std::size_t taken) noexcept {
  seats_ = seats;
  taken_ = taken;
  for (auto& s : seats_)
    s.of = this;
  agent_core* left = nullptr;
  try {
    if (!take_rest())
      return;
    left = conclude(true, nullptr);
  } catch (...) {
    left = conclude(false, std::current_exception());
  }
  agent_core::leave_all(left);
}

agent_core* transaction_core::proceed() noexcept {
  waits_.reset();
  ++taken_;
  try {
    return take_rest() ? conclude(true, nullptr) : nullptr;
  } catch (...) {
    return conclude(false, std::current_exception());
  }
}

/// Takes agents until one is busy. Returns whether all are taken; if not, others may go on with
/// this at once. Throws `would_deadlock` and `shutdown_error`.
bool transaction_core::take_rest() {
  for (; taken_ < seats_.size(); ++taken_) {
    auto& next = seats_[taken_];
    if (next.at->try_enter())
      continue;
    std::vector<wait_node*> held;
    for (auto& s : seats_.first(taken_))
      held.push_back(s.at);
    others_wait_.reset();
    others_wait_.emplace(std::move(held), *this, wait_end{});
    waits_.emplace(std::vector<wait_node*>{this}, *next.at, wait_end{});
    next.at->send_anyway({&next});
    return false;
  }
  return true;
}

void transaction_core::abandon(const std::exception_ptr& why) noexcept {
  agent_core::leave_all(conclude(false, why));
}

agent_core* transaction_core::conclude(bool all, const std::exception_ptr& why) noexcept {
  waits_.reset();
  others_wait_.reset();
  agent_core* left = nullptr;
  for (auto& s : seats_.first(taken_)) {
    s.at->ref();
    s.at->next_to_leave = left;
    left = s.at;
  }
  if (all)
    perform();
  else
    fail(why);
  end();
  return left;
}

} // namespace mailroom::detail
