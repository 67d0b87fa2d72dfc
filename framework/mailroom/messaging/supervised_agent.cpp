#include "mailroom/messaging/supervised_agent.hpp"

#include "mailroom/future/failure.hpp"

namespace mailroom::detail {

void agent_child::look_after(agent_core& agent) noexcept {
  agent_ = &agent;
  agent.keep(*this);
}

void agent_child::start() {
  if (!std::exchange(started_, true))
    return; // it is new, and may already have failed
  renew();
  {
    std::lock_guard lock{mutex_};
    held_ = false;
  }
  agent_->leave(false);
}

/// The agent is here: it has failed, or it was told to come. By the thread that has run it.
agent_core* agent_child::proceed() noexcept {
  auto failure = std::exchange(failure_, nullptr);
  std::lock_guard lock{mutex_};
  agent_->do_not_interrupt(); // it may have failed and been told to come
  held_ = true;
  if (ending_) {
    close();
    agent_->ref();
    return agent_;
  }
  if (failure)
    report().failed(failure, describe(failure));
  else
    report().halted();
  return nullptr;
}

void agent_child::stop_for(bool good) noexcept {
  {
    std::lock_guard lock{mutex_};
    ending_ = ending_ || good;
    if (!held_) {
      if (!agent_->interrupt(*this))
        return;
      held_ = true;
      if (!good)
        return report().halted();
    } else if (!good) {
      return; // it has reported
    }
    close();
  }
  agent_->leave(false);
}

/// Drops what the agent has and what it gets. It can be left then. Under mutex_.
void agent_child::close() noexcept {
  held_ = false;
  agent_->drop_all();
  agent_->close();
  report().ended();
}

} // namespace mailroom::detail
