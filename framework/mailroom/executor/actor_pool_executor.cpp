#include "mailroom/executor/actor_pool_executor.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <sched.h>

#include "mailroom/executor/shared_mailbox.hpp"
#include "mailroom/executor/tray.hpp"

namespace mailroom {

namespace detail {

namespace {

/// Tells a worker to look for tasks.
MAILROOM_ATOM(look);

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

class pool_worker final : public worker {
public:
  using worker::worker;

  alignas(64) detail::tray tray;
  caf::actor handle;              // set before it begins; guarded by the lock of the idle ones
  pool_worker* watched = nullptr; // in whose tray it waits for something to do
  parker* watching = nullptr;     // and how it is woken
  unsigned turns = 0;
  bool fit = false; // the initializer has run
};

class actor_pool final : public executor_core {
public:
  actor_pool(system& sys, executor_options options)
    : executor_core(std::move(options), "actor_pool"), system_(sys),
      mailbox_(this->options().ageing) {
    idle_.reserve(max_workers());
  }

  // -- for submitters -------------------------------------------------------------------------------

  void push(job& j) override {
    auto* me = own_worker();
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

  bool remove(shared_state& task) override {
    auto found = mailbox_.extract_if([&](job& j) { return &j == &task; });
    if (found.empty() && !for_some_worker([&](pool_worker& w) { return w.tray.remove(task); }))
      return false;
    auto was = task.revoke();
    count(was);
    room_made();
    may_be_idle();
    return was == job::discarded::cancelled;
  }

  // -- for workers ----------------------------------------------------------------------------------

  bool run_last(worker& me, shared_state& task) override {
    auto& w = static_cast<pool_worker&>(me);
    if (!w.tray.pop_back_and_begin(task))
      return false;
    run_begun(w, task);
    return true;
  }

  void run_started(worker& me, shared_state& task) override {
    auto& w = static_cast<pool_worker&>(me);
    w.tray.begin_other(task);
    task.execute(w);
    w.tray.end();
  }

  bool run_descendant(worker& me, shared_state& awaited) override {
    auto& w = static_cast<pool_worker&>(me);
    auto* runner = runner_of(awaited);
    auto* j = runner && runner != &w ? runner->tray.steal_descendant(awaited) : nullptr;
    if (!j)
      return false;
    w.tray.begin_other(*j);
    run_begun(w, *j);
    return true;
  }

  void watch_descendants(worker& me, shared_state& awaited, parker* place) override {
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

  enum class then { sleep, go_on, end };

  /// What a worker does when it is told to look. Whoever told it has counted it as searching.
  then work(pool_worker& w) {
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

  /// Returns whether a worker that was idle for long may end.
  bool leave_when_idle(pool_worker& w) { return take_from_idle(w); }

  /// Is called by the actor when it ends, on its thread: because `work` or `leave_when_idle` said
  /// so, or because it was told to from outside.
  void ended(pool_worker& w, bool regularly) {
    if (!regularly && !take_from_idle(w))
      searching_.fetch_sub(1, std::memory_order_seq_cst); // it will not do what it was told
    if (std::exchange(w.fit, false)) {
      helper::current() = &w;
      leave(w);
    }
    {
      std::lock_guard lock{idle_lock_};
      w.handle = nullptr;
    }
    retire();
    if (!regularly && worker_count() == 0)
      break_down("the last worker of " + options().thread_name_prefix + " was ended from outside");
    {
      std::lock_guard lock{mutex_};
      dismiss(w);
    }
    if (short_of_workers())
      staff();
    else
      wake_one();
    ended_.unpark();
  }

private:
  // -- the mailbox ----------------------------------------------------------------------------------

  std::size_t bound() const noexcept { return options().max_queued; }

  /// Under the lock of the mailbox, where it sees whether it is too late.
  bool admits() {
    check_open();
    if (bound() > 0 && mailbox_.size() >= bound())
      return false;
    count_submitted();
    return true;
  }

  /// Returns whether to try again. Throws if the job is not taken.
  bool make_room(job& j, pool_worker* me) {
    // What was cancelled, or run by those who waited for it, is not worth its place.
    auto dead = mailbox_.extract_if([](job& q) { return !q.waiting(); });
    if (!dead.empty()) {
      while (auto* d = dead.pop_front())
        count(d->revoke());
      return true;
    }
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
    submitters_waiting_.fetch_add(1, std::memory_order_seq_cst);
    auto since = room_.ready();
    if (mailbox_.size() >= bound() && !closing() && !broken())
      room_.park(since, never);
    submitters_waiting_.fetch_sub(1, std::memory_order_seq_cst);
    return true;
  }

  void room_made() noexcept {
    if (submitters_waiting_.load(std::memory_order_seq_cst) > 0)
      room_.unpark();
  }

  job* take_all() override {
    auto all = mailbox_.extract_if([](job&) { return true; });
    for_some_worker([&](pool_worker& w) {
      while (auto* j = w.tray.steal())
        all.push_back(*j);
      return false;
    });
    room_made();
    return all.release();
  }

  // -- looking for tasks ----------------------------------------------------------------------------

  then look_for_tasks(pool_worker& w, int budget) {
    // While somebody searches, submitters wake nobody; who finds something wakes the next one.
    bool searching = true;
    int left = looks;
    for (;;) {
      if (auto* j = next_for(w)) {
        left = looks;
        if (std::exchange(searching, false)
            && searching_.fetch_sub(1, std::memory_order_seq_cst) == 1 && work_left())
          wake_one();
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
      enter_idle(w);
      searching_.fetch_sub(1, std::memory_order_seq_cst);
      may_be_idle();
      if (may_end()) {
        if (take_from_idle(w))
          return then::end;
        return then::sleep; // somebody has sent it a message
      }
      if (!work_left())
        return then::sleep;
      if (!take_from_idle(w))
        return then::sleep;
      searching_.fetch_add(1, std::memory_order_seq_cst);
    }
  }

  /// Takes the next job and begins it.
  job* next_for(pool_worker& w) {
    if (paused())
      return nullptr;
    if (mailbox_.has_ranked() || ++w.turns % fairness == 0)
      if (auto* j = pull(w, 1))
        return j;
    if (auto* j = w.tray.pop_front_and_begin())
      return j;
    if (auto* j = pull(w, bound() > 0 ? 1 : largest_share))
      return j;
    return steal(w);
  }

  /// Takes its share out of the mailbox.
  job* pull(pool_worker& w, std::size_t most) {
    if (mailbox_.size() == 0)
      return nullptr;
    auto crew = static_cast<std::size_t>(std::max(1, worker_count()));
    job* rest = nullptr;
    auto own = mailbox_.has_ranked() ? w.tray.first_ticket() : INT64_MAX;
    auto* j = mailbox_.pop([&](auto waiting) { return std::min(most, waiting / (2 * crew) + 1); },
                           own, rest);
    if (!j)
      return nullptr;
    if (bound() > 0)
      room_made();
    w.tray.push_all_and_begin(rest, *j);
    return j;
  }

  job* steal(pool_worker& w) {
    for (unsigned i = 0; i + 1 < max_workers(); ++i) {
      auto* other = static_cast<pool_worker*>(worker_at((w.number() + i) % max_workers() + 1));
      if (auto* found = other ? other->tray.steal() : nullptr) {
        w.tray.begin_other(*found);
        return found;
      }
    }
    return nullptr;
  }

  void run_begun(pool_worker& w, job& j) {
    j.run(w);
    w.tray.end();
  }

  bool work_left() {
    return !paused() && (mailbox_.size() > 0 || for_some_worker([](pool_worker& w) {
                           return w.tray.size() > 0;
                         }));
  }

  /// Whether a worker may end because there will be no more tasks.
  bool may_end() {
    if (!closing() && !broken())
      return false;
    mailbox_.await_pushes(); // whoever did not see that it is too late has pushed now
    return !work_left();
  }

  // -- workers --------------------------------------------------------------------------------------

  pool_worker* own_worker() noexcept {
    auto* me = worker::current();
    return me && &me->core() == this ? static_cast<pool_worker*>(me) : nullptr;
  }

  pool_worker* runner_of(shared_state& task) noexcept {
    auto number = task.runner();
    return number > 0 ? static_cast<pool_worker*>(worker_at(number)) : nullptr;
  }

  /// Calls `f` for each worker until it returns true.
  template <class F>
  bool for_some_worker(F f) {
    for (unsigned i = 1; i <= max_workers(); ++i) {
      auto* w = static_cast<pool_worker*>(worker_at(i));
      if (!w)
        return false; // numbers are given out in order
      if (f(*w))
        return true;
    }
    return false;
  }

  std::unique_ptr<worker> make_worker(unsigned number, std::string name) override {
    return std::make_unique<pool_worker>(*this, number, std::move(name));
  }

  void enter_idle(pool_worker& w) {
    std::lock_guard lock{idle_lock_};
    idle_.push_back(&w);
    idle_size_.store(idle_.size(), std::memory_order_seq_cst);
  }

  bool take_from_idle(pool_worker& w) {
    std::lock_guard lock{idle_lock_};
    auto found = std::ranges::find(idle_, &w);
    if (found == idle_.end())
      return false;
    idle_.erase(found);
    idle_size_.store(idle_.size(), std::memory_order_seq_cst);
    return true;
  }

  /// Takes the one that became idle last: its caches are warm, and the others may end.
  caf::actor take_any_idle() {
    std::lock_guard lock{idle_lock_};
    if (idle_.empty())
      return {};
    auto handle = idle_.back()->handle;
    idle_.pop_back();
    idle_size_.store(idle_.size(), std::memory_order_seq_cst);
    return handle;
  }

  void wake_one() {
    if (idle_size_.load(std::memory_order_seq_cst) == 0)
      return;
    int nobody = 0;
    if (searching_.load(std::memory_order_seq_cst) != 0
        || !searching_.compare_exchange_strong(nobody, 1, std::memory_order_seq_cst))
      return;
    if (auto w = take_any_idle())
      tell_to_look(w);
    else
      searching_.fetch_sub(1, std::memory_order_seq_cst);
  }

  void wake_all() {
    while (auto w = take_any_idle()) {
      searching_.fetch_add(1, std::memory_order_seq_cst);
      tell_to_look(w);
    }
  }

  static void tell_to_look(const caf::actor& w) {
    visit visit;
    caf::anon_send(w, look_atom_v);
  }

  void staff();

  void pause_changed() override { wake_all(); }

  void close() override {
    mailbox_.await_pushes();
    room_.unpark();
    wake_all();
  }

  bool await_workers(clock::time_point deadline) override {
    for (;;) {
      auto since = ended_.ready();
      if (!for_some_worker([](pool_worker& w) { return w.lives.load(std::memory_order_acquire); }))
        return true;
      if (deadline != never && clock::now() >= deadline)
        return false;
      ended_.park(since, deadline);
    }
  }

  system& system_;
  shared_mailbox mailbox_;

  alignas(64) std::atomic<int> searching_{0}; // workers that look for tasks, or were told to
  alignas(64) std::atomic<std::size_t> idle_size_{0};
  spinlock idle_lock_;
  std::vector<pool_worker*> idle_; // guarded by idle_lock_

  std::atomic<int> submitters_waiting_{0};
  parker room_;
  parker ended_;
  std::mutex mutex_; // of those who start and end workers
};

/// The actor.
caf::behavior pull_tasks(caf::event_based_actor* self, std::shared_ptr<actor_pool> pool,
                         pool_worker* me) {
  auto left = std::make_shared<bool>(false);
  self->attach_functor([pool, me, left] { pool->ended(*me, *left); });
  auto leave = [self, left] {
    *left = true;
    self->quit();
  };
  auto look = [=](look_atom) {
    switch (pool->work(*me)) {
      case actor_pool::then::sleep: break;
      case actor_pool::then::go_on: self->send(self, look_atom_v); break;
      case actor_pool::then::end: leave(); break;
    }
  };
  auto limit = pool->options().idle_timeout;
  if (!limit)
    return {look};
  return {look, caf::after(*limit) >> [=] {
            if (pool->leave_when_idle(*me))
              leave();
          }};
}

/// Starts a worker. If there is none, and none can be started, the executor is broken.
void actor_pool::staff() {
  std::string trouble;
  {
    std::lock_guard lock{mutex_};
    if (closing() || !short_of_workers())
      return;
    auto* w = static_cast<pool_worker*>(hire());
    if (!w)
      return; // one is just ending, and will look again
    searching_.fetch_add(1, std::memory_order_seq_cst);
    try {
      auto self = std::static_pointer_cast<actor_pool>(shared_from_this());
      w->handle = options().workers == worker_kind::own_threads
                    ? system_.spawn_detached(pull_tasks, self, w)
                    : system_.spawn(pull_tasks, self, w);
      tell_to_look(w->handle);
    } catch (const std::system_error& e) {
      searching_.fetch_sub(1, std::memory_order_seq_cst);
      retire();
      dismiss(*w);
      if (worker_count() == 0)
        trouble = e.what();
    }
  }
  if (!trouble.empty())
    break_down("no worker of " + options().thread_name_prefix + " could be started: " + trouble);
}

} // namespace

} // namespace detail

actor_pool_executor::actor_pool_executor(std::shared_ptr<system> shared, system& sys,
                                         executor_options options)
  : executor_base(std::make_shared<detail::actor_pool>(sys, std::move(options))),
    shared_(std::move(shared)), system_(sys) {}

actor_pool_executor::actor_pool_executor(system& sys, executor_options options)
  : actor_pool_executor(nullptr, sys, std::move(options)) {}

actor_pool_executor::actor_pool_executor(executor_options options)
  : actor_pool_executor(system::shared(), std::move(options)) {}

actor_pool_executor::actor_pool_executor(std::shared_ptr<system> shared, executor_options options)
  : actor_pool_executor(shared, *shared, std::move(options)) {}

actor_pool_executor::~actor_pool_executor() {
  auto finish = [core = core(), front = std::move(front_)] {
    core->shutdown({});
    detail::visit visit;
    if (front)
      caf::anon_send(front, done_atom_v); // after all answers
  };
  if (!detail::worker::current()) {
    finish();
    return;
  }
  // A task destroys it. Nobody may wait on an actor's thread for other actors or their system to
  // end, so another thread does.
  shutdown({.wait = false});
  std::thread{[finish = std::move(finish), shared = std::move(shared_)]() mutable {
    finish();
    shared.reset();
  }}.detach();
}

caf::actor actor_pool_executor::actor() {
  std::lock_guard lock{mutex_};
  if (!front_)
    front_ = detail::spawn_front(system_, core());
  return front_;
}

} // namespace mailroom
