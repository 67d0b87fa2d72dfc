#include "mailroom/sync/condition_variable.hpp"

namespace mailroom::sync {

// -- under a watch ------------------------------------------------------------------------------------

void condition_variable::wait_watched(watch& w, mutex& with) {
  w.check();
  std::list<waiter>::iterator me;
  watched_.open([&] { me = waiters_.emplace(waiters_.end()); });
  with.unlock();
  struct at_exit {
    condition_variable& self;
    std::list<waiter>::iterator me;
    ~at_exit() {
      self.watched_.open([&] { self.waiters_.erase(me); });
    }
  };
  try {
    {
      at_exit forget{*this, me};
      watched_.pass(operation::wake, *this, [&] { return me->notified; });
    }
    with.lock();
  } catch (...) {
    // The caller's unique_lock believes that it owns the mutex and will unlock it. Whoever has it
    // now is being unwound, too.
    with.std_.lock();
    throw;
  }
}

void condition_variable::notify_controlled(bool all) {
  if (world* w = explored())
    notify_explored(*w, all);
  else
    watched_.open([&] { mark(all); });
}

void condition_variable::mark(bool all) {
  for (auto& each : waiters_)
    if (!each.notified) {
      each.notified = true;
      if (!all)
        return;
    }
}

// -- inside an exploration ------------------------------------------------------------------------------

void condition_variable::wait_explored(world& w, mutex& with) {
  w.reach({operation::wait, this, &with});
  with.disown();
  auto me = waiters_.insert(waiters_.end(), waiter{w.self(), &with, false});
  struct at_exit {
    condition_variable& self;
    std::list<waiter>::iterator me;
    ~at_exit() { self.waiters_.erase(me); }
  } forget{*this, me};
  w.reach({operation::wake, this, &with});
  with.own(w.self());
}

// Which of several waiters is woken is the world's choice, and a step of its own.
void condition_variable::notify_explored(world& w, bool all) {
  w.reach({operation::notify, this});
  if (all)
    return mark(true);
  std::vector<waiter*> candidates;
  for (auto& each : waiters_)
    if (!each.notified)
      candidates.push_back(&each);
  if (candidates.empty())
    return w.note("nobody waits");
  int chosen = 0;
  if (candidates.size() > 1)
    chosen = w.reach({operation::choose, this, nullptr, static_cast<int>(candidates.size())});
  candidates[static_cast<std::size_t>(chosen)]->notified = true;
}

bool condition_variable::ready(operation what, int thread, int) const {
  if (what != operation::wake)
    return true;
  return std::any_of(waiters_.begin(), waiters_.end(), [&](auto& each) {
    return each.thread == thread && each.notified && each.with->ready(operation::lock, thread, 0);
  });
}

std::uint64_t condition_variable::state() const {
  std::uint64_t number = 7;
  for (auto& each : waiters_)
    number = number * 131 + static_cast<std::uint64_t>(each.thread) * 2 + (each.notified ? 1 : 0);
  return number;
}

} // namespace mailroom::sync
