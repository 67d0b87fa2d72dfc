#include "mailroom/future/completion_queue.hpp"

namespace mailroom::detail {

completion_queue::completion_queue(std::vector<state_ptr<shared_state>> states)
  : left_(states.size()) {
  for (auto& s : states) {
    auto& e = entries_.emplace_back();
    e.queue = this;
    e.state = std::move(s);
  }
  for (auto& e : entries_)
    e.state->attach(e);
}

completion_queue::~completion_queue() {
  for (auto& e : entries_)
    if (e.state)
      e.state->detach(e);
}

void completion_queue::entry::fire(shared_state&) noexcept {
  {
    std::lock_guard lock{queue->mutex_};
    queue->ready_.push_back(this);
  }
  queue->place_.unpark();
}

std::optional<state_ptr<shared_state>> completion_queue::pop(clock::time_point deadline) {
  if (left_ == 0)
    return std::nullopt;
  while (!any_ready()) {
    if (deadline != never && clock::now() >= deadline)
      return std::nullopt;
    sleep(deadline);
  }
  entry* e;
  {
    std::lock_guard lock{mutex_};
    e = ready_.front();
    ready_.pop_front();
  }
  --left_;
  // Whoever fired it may still hold the lock of the state, and with it look at the entry.
  e->state->detach(*e);
  return std::move(e->state);
}

bool completion_queue::any_ready() {
  std::lock_guard lock{mutex_};
  return !ready_.empty();
}

void completion_queue::sleep(clock::time_point deadline) {
  auto since = place_.ready();
  if (any_ready())
    return;
  auto* me = helper::current();
  if (!me) {
    place_.park(since, deadline);
    return;
  }
  std::vector<shared_state*> awaited;
  for (auto& e : entries_)
    if (e.state)
      awaited.push_back(e.state.get());
  if (!me->assist(awaited) && place_.ready() == since)
    me->block(awaited, place_, since, deadline);
}

} // namespace mailroom::detail
