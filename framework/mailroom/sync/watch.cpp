#include "mailroom/sync/watch.hpp"

#include <algorithm>
#include <utility>

namespace mailroom::sync {

// -- threads come and go ----------------------------------------------------------------------------

watch::place::place(watch& w, std::string name) : watch_(w) {
  std::lock_guard lock{w.mutex_};
  me_ = w.members_.emplace(w.members_.end(), std::move(name));
}

watch::place::~place() {
  std::lock_guard lock{watch_.mutex_};
  watch_.members_.erase(me_);
  watch_.settle();
  watch_.changed_.notify_all();
}

std::optional<watch::finding> watch::wait(clock::time_point limit) {
  std::unique_lock lock{mutex_};
  if (!changed_.wait_until(lock, limit, [&] { return members_.empty() || finding_; }))
    conclude({all_blocked(), all_blocked() ? who_waits() : "still moving when time was up"});
  return finding_;
}

bool watch::wait_for_the_last(clock::time_point limit) {
  std::unique_lock lock{mutex_};
  return changed_.wait_until(lock, limit, [&] { return members_.empty(); });
}

void watch::give_up(finding why) {
  std::lock_guard lock{mutex_};
  conclude(std::move(why));
}

void watch::conclude(finding why) {
  if (finding_)
    return;
  finding_ = std::move(why);
  given_up_.store(true, std::memory_order_relaxed);
  changed_.notify_all();
}

// -- waiting ------------------------------------------------------------------------------------------

bool watch::begin(operation what, const object& on, const std::atomic<member*>* holder,
                  bool in_time) {
  std::lock_guard lock{mutex_};
  if (finding_) {
    if (may_unwind(what))
      throw abandoned{};
    return in_time;
  }
  self_->waits_for = &on;
  self_->doing = what;
  self_->in_time = in_time;
  self_->holder = holder;
  settle();
  if (auto ring = ring_through(*self_))
    conclude({true, std::move(*ring)});
  return true;
}

// Threads blocked in something without an owner (a condition, a semaphore) form no ring. They are
// deadlocked if all members are blocked and each has looked once more since then, in vain. So a
// thread that was woken but has not run yet is never taken for a blocked one, however busy the
// machine is.
bool watch::pass(operation) {
  std::lock_guard lock{mutex_};
  if (!finding_ && all_blocked()) {
    ++self_->rounds;
    if (std::all_of(members_.begin(), members_.end(), [](auto& m) { return m.rounds > 1; }))
      conclude({true, who_waits()});
  }
  return !finding_;
}

void watch::end() noexcept {
  std::lock_guard lock{mutex_};
  self_->waits_for = nullptr;
  self_->holder = nullptr;
  settle();
}

void watch::settle() {
  for (auto& m : members_)
    m.rounds = 0;
}

// -- findings -----------------------------------------------------------------------------------------

bool watch::all_blocked() const {
  return !members_.empty() && std::all_of(members_.begin(), members_.end(), [](auto& m) {
    return m.waits_for && !m.in_time;
  });
}

// An owner writes itself into the mutex after taking it and leaves before giving it back. A member
// that waits has done both under mutex_ before, so a ring that is seen here is there.
std::optional<std::string> watch::ring_through(const member& start) const {
  std::string text;
  const member* m = &start;
  for (std::size_t hops = 0; hops < members_.size(); ++hops) {
    if (!m->waits_for || m->in_time || !m->holder)
      return std::nullopt;
    const member* next = m->holder->load(std::memory_order_relaxed);
    if (std::none_of(members_.begin(), members_.end(), [&](auto& each) { return &each == next; }))
      return std::nullopt; // free, or its owner has ended without giving it back
    text += (text.empty() ? "" : "; ") + m->name + " waits for " + m->waits_for->name()
            + ", held by " + next->name;
    if (next == &start)
      return text;
    m = next;
  }
  return std::nullopt;
}

std::string watch::who_waits() const {
  std::string text;
  for (auto& m : members_)
    if (m.waits_for)
      text += (text.empty() ? "" : "; ") + m.name + " waits for " + m.waits_for->name();
  return text;
}

} // namespace mailroom::sync
