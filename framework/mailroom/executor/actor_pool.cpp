#include "mailroom/executor/actor_pool.hpp"

#include <algorithm>
#include <utility>

#include <sched.h>

namespace mailroom::detail {

namespace {

/// How often a worker looks for tasks in vain before it sleeps.
constexpr int looks = 100;
/// How many tasks a worker takes at once, at most; the others can still take them from its tray.
constexpr std::size_t largest_share = 64;
/// After how many tasks a worker looks at the mailbox first: so that it is not starved by tasks
/// that submit tasks.
constexpr unsigned fairness = 61;
/// After how many tasks a cooperative worker lets other actors have the thread.
constexpr int cooperative_budget = 64;
/// For how long a worker that found just one task waits for the submitter to add more: fewer
/// meetings at the mailbox.
constexpr int linger = 32;
/// For how long a worker that has a thread of its own naps before it sleeps. It does not see
/// messages meanwhile, such as the end of its actor system.
constexpr std::chrono::milliseconds nap{20};

std::chrono::milliseconds nap_time(const executor_options& o) noexcept {
  bool may_nap =
    o.workers == worker_kind::own_threads && (!o.idle_timeout || *o.idle_timeout > nap);
  return may_nap ? nap : std::chrono::milliseconds{0};
}

} // namespace

actor_pool::actor_pool(system& sys, executor_options options)
  : executor_core(std::move(options), "actor_pool"), system_(sys),
    nap_time_(detail::nap_time(this->options())), mailbox_(this->options().ageing),
    idle_(max_workers()) {}

pool_worker* actor_pool::runner_of(shared_state& task) noexcept {
  auto number = task.runner();
  return number > 0 ? static_cast<pool_worker*>(worker_at(number)) : nullptr;
}

// -- for submitters ---------------------------------------------------------------------------------

void actor_pool::push(job& j) {
  auto* me = static_cast<pool_worker*>(own_worker());
  if (me && bound() == 0 && j.rank() == 0) {
    check_open();
    me->submitted.add();
    me->tray.push_back(j);
  } else {
    while (!mailbox_.push(j, [&] { return admits(); }))
      if (!make_room(j, me))
        return;
  }
  if (short_of_workers())
    staff();
  else
    wake_one();
}

bool actor_pool::remove(shared_state& task) {
  auto found = mailbox_.extract_if([&](job& j) { return &j == &task; });
  if (found.empty() && !for_some_worker([&](pool_worker& w) { return w.tray.remove(task); }))
    return false;
  room_.notify_all();
  return revoke(task);
}

/// Under the lock of the mailbox, where it sees whether it is too late.
bool actor_pool::admits() {
  check_open();
  if (bound() > 0 && mailbox_.size() >= bound())
    return false;
  count_submitted();
  return true;
}

/// Returns whether to try again. Throws if the job is not taken.
bool actor_pool::make_room(job& j, pool_worker* me) {
  if (forget_the_dead())
    return true;
  switch (options().overflow) {
    case overflow_policy::fail:
      throw rejected("the queue of " + options().thread_name_prefix + " is full");
    case overflow_policy::drop_newest:
      count_submitted_elsewhere();
      reject(j);
      return false;
    case overflow_policy::drop_oldest:
      if (auto* oldest = mailbox_.pop_oldest())
        reject(*oldest);
      return true;
    default: break;
  }
  if (me) {
    me->submitted.add();
    me->tray.begin_other(j);
    run_begun(*me, j); // it cannot wait for itself to take something out of the queue
    return false;
  }
  auto since = room_.prepare();
  if (mailbox_.size() >= bound() && !closing() && !broken())
    room_.wait(since);
  else
    room_.cancel();
  return true;
}

/// What was cancelled, or run by those who waited for it, is not worth its place.
bool actor_pool::forget_the_dead() {
  auto dead = mailbox_.extract_if([](job& q) { return !q.waiting(); });
  if (dead.empty())
    return false;
  while (auto* d = dead.pop_front())
    revoke(*d);
  return true;
}

job* actor_pool::take_all() {
  auto all = mailbox_.extract_if([](job&) { return true; });
  for_some_worker([&](pool_worker& w) {
    while (auto* j = w.tray.steal())
      all.push_back(*j);
    return false;
  });
  room_.notify_all();
  return all.release();
}

// -- for workers that wait --------------------------------------------------------------------------

bool actor_pool::run_last(worker& me, shared_state& task) {
  auto& w = static_cast<pool_worker&>(me);
  if (!w.tray.pop_back_and_begin(task))
    return false;
  run_begun(w, task);
  return true;
}

void actor_pool::run_started(worker& me, shared_state& task) {
  auto& w = static_cast<pool_worker&>(me);
  w.tray.begin_other(task);
  task.execute(w);
  w.tray.end();
}

bool actor_pool::run_descendant(worker& me, shared_state& awaited) {
  auto& w = static_cast<pool_worker&>(me);
  auto* runner = runner_of(awaited);
  auto* j = runner && runner != &w ? runner->tray.steal_descendant(awaited) : nullptr;
  if (!j)
    return false;
  w.tray.begin_other(*j);
  run_begun(w, *j);
  return true;
}

void actor_pool::watch_descendants(worker& me, shared_state& awaited, parker* place) {
  auto& w = static_cast<pool_worker&>(me);
  if (place) {
    w.watched = runner_of(awaited);
    w.watching = place;
    if (w.watched && (w.watched == &w || !w.watched->tray.watch(*place)))
      w.watched = nullptr;
  } else if (auto* other = std::exchange(w.watched, nullptr)) {
    other->tray.unwatch(*w.watching);
  }
}

// -- looking for tasks ------------------------------------------------------------------------------

actor_pool::then actor_pool::work(pool_worker& w) {
  bool cooperative = options().workers == worker_kind::cooperative;
  if (!w.fit && !(w.fit = enter(w, !cooperative))) {
    searching_.fetch_sub(1, std::memory_order_seq_cst);
    return then::end;
  }
  helper::current() = &w; // a cooperative one may be on another thread than before
  auto next = look_for_tasks(w, cooperative ? cooperative_budget : INT32_MAX);
  helper::current() = nullptr;
  return next;
}

actor_pool::then actor_pool::look_for_tasks(pool_worker& w, int budget) {
  // While somebody searches, submitters wake nobody; who finds something wakes the next one.
  bool searching = true;
  int left = looks;
  for (;;) {
    if (auto* j = next_for(w)) {
      left = looks;
      if (std::exchange(searching, false))
        end_search();
      bool alone = w.tray.size() == 0;
      run_begun(w, *j);
      if (alone && mailbox_.size() == 0)
        for (int i = 0; i < linger; ++i)
          relax();
      if (--budget > 0)
        continue;
      searching_.fetch_add(1, std::memory_order_seq_cst);
      return then::go_on;
    }
    if (!std::exchange(searching, true))
      searching_.fetch_add(1, std::memory_order_seq_cst);
    if (--left > 0) {
      if (left % 8 == 0)
        sched_yield(); // on a machine with few processors, the submitter may need this one
      else
        relax();
      continue;
    }
    left = looks;
    bool naps = nap_time_.count() > 0;
    auto since = w.bed.ready();
    idle_.enter(w, naps);
    searching_.fetch_sub(1, std::memory_order_seq_cst);
    look_again();
    if (bool ends = may_end(); ends || work_left()) {
      if (idle_.take(w)) {
        if (ends)
          return then::end;
        searching_.fetch_add(1, std::memory_order_seq_cst);
        continue;
      }
    } else if (naps && idle_.nap(w, since, nap_time_)) {
      return then::sleep;
    }
    if (!naps)
      return then::sleep; // who takes it sends a message
    // Somebody has woken it, and counted it as searching.
  }
}

/// Takes the next job and begins it.
job* actor_pool::next_for(pool_worker& w) {
  if (paused())
    return nullptr;
  // What has a ticket came from the mailbox, and before all that is still there.
  if (mailbox_.has_ranked() || (++w.turns % fairness == 0 && w.tray.first_ticket() == 0))
    if (auto* j = pull(w, 1))
      return j;
  if (auto* j = w.tray.pop_front_and_begin())
    return j;
  if (auto* j = pull(w, bound() > 0 ? 1 : largest_share))
    return j;
  return steal(w);
}

/// Takes a share out of the mailbox.
job* actor_pool::pull(pool_worker& w, std::size_t most) {
  if (mailbox_.size() == 0)
    return nullptr;
  auto crew = static_cast<std::size_t>(std::max(1, worker_count()));
  job* rest = nullptr;
  auto own = mailbox_.has_ranked() ? w.tray.first_ticket() : INT64_MAX;
  auto* j =
    mailbox_.pop([&](auto waiting) { return std::min(most, waiting / (2 * crew) + 1); }, own, rest);
  if (!j)
    return nullptr;
  if (bound() > 0)
    room_.notify_all();
  w.tray.push_all_and_begin(rest, *j);
  return j;
}

job* actor_pool::steal(pool_worker& w) {
  for (unsigned i = 0; i + 1 < max_workers(); ++i) {
    auto* other = static_cast<pool_worker*>(worker_at((w.number() + i) % max_workers() + 1));
    if (auto* found = other ? other->tray.steal() : nullptr) {
      w.tray.begin_other(*found);
      return found;
    }
  }
  return nullptr;
}

void actor_pool::run_begun(pool_worker& w, job& j) {
  j.run(w);
  w.tray.end();
}

bool actor_pool::work_left() {
  return !paused() && tasks_left();
}

bool actor_pool::tasks_left() {
  return mailbox_.size() > 0 || for_some_worker([](pool_worker& w) { return w.tray.size() > 0; });
}

/// Whether a worker may end because there will be no more tasks.
bool actor_pool::may_end() {
  if (!closing() && !broken())
    return false;
  mailbox_.await_pushes(); // whoever did not see that it is too late has pushed now
  return !work_left();
}

} // namespace mailroom::detail
