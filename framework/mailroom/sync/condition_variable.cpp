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
  else if (watch::current())
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
  bool for_nothing = w.reach({operation::wake, this, &with}) != 0;
  if (for_nothing) {
    woken_for_nothing_.insert(w.self());
    w.note("for no reason");
  }
  with.own(w.self());
}

void condition_variable::notify_explored(world& w, bool all) {
  int chosen = w.reach({all ? operation::notify_all : operation::notify, this});
  std::vector<waiter*> candidates;
  for (auto& each : waiters_)
    if (!each.notified)
      candidates.push_back(&each);
  signal_lost_ = candidates.empty();
  if (candidates.empty())
    w.note("nobody waits");
  else if (all)
    mark(true);
  else
    candidates.at(static_cast<std::size_t>(chosen))->notified = true;
}

// Which of several waiters is woken is the world's choice.
int condition_variable::outcomes(operation what) const {
  if (what == operation::wake)
    return explored()->spurious_wakeups() ? 2 : 1;
  if (what != operation::notify)
    return 1;
  auto waiting =
    std::count_if(waiters_.begin(), waiters_.end(), [](auto& w) { return !w.notified; });
  return std::max(1, static_cast<int>(waiting));
}

bool condition_variable::ready(operation what, int thread, int outcome) const {
  if (what != operation::wake)
    return true;
  return std::any_of(waiters_.begin(), waiters_.end(), [&](auto& each) {
    bool may =
      outcome == 0 ? each.notified : !each.notified && !woken_for_nothing_.contains(thread);
    return each.thread == thread && may && each.with->ready(operation::lock, thread, 0);
  });
}

std::uint64_t condition_variable::state() const {
  std::uint64_t number = 7;
  for (auto& each : waiters_)
    number = number * 131 + static_cast<std::uint64_t>(each.thread) * 2 + (each.notified ? 1 : 0);
  return number;
}

} // namespace mailroom::sync
