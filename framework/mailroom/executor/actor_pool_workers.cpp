// How the workers of an actor pool begin, sleep, wake up and end: the actors.

#include <memory>
#include <system_error>
#include <utility>

#include "mailroom/executor/actor_pool.hpp"

namespace mailroom::detail {

namespace {

/// Tells a worker to look for tasks.
MAILROOM_ATOM(look);

} // namespace

void tell_to_look(const caf::actor& w) {
  visit visit;
  caf::anon_send(w, look_atom_v);
}

std::unique_ptr<worker> actor_pool::make_worker(unsigned number, std::string name) {
  return std::make_unique<pool_worker>(*this, number, std::move(name));
}

void actor_pool::ended(pool_worker& w, bool regularly) {
  if (!regularly && !idle_.take(w))
    searching_.fetch_sub(1, std::memory_order_seq_cst); // it will not do what it was told
  if (std::exchange(w.fit, false)) {
    helper::current() = &w;
    leave(w);
  }
  idle_.forget(w);
  retire();
  if (!regularly && worker_count() == 0)
    break_down("the last worker of " + options().thread_name_prefix + " was ended from outside");
  {
    std::lock_guard lock{mutex_};
    dismiss(w);
  }
  if (short_of_workers() && tasks_left()) // not those that are just being removed
    staff();
  else
    wake_one();
  look_again();
}

void actor_pool::wake_one() {
  if (idle_.empty())
    return;
  int nobody = 0;
  if (searching_.load(std::memory_order_seq_cst) != 0
      || !searching_.compare_exchange_strong(nobody, 1, std::memory_order_seq_cst))
    return;
  if (!idle_.wake_any())
    end_search();
}

void actor_pool::end_search() {
  if (searching_.fetch_sub(1, std::memory_order_seq_cst) == 1 && work_left())
    wake_one();
}

void actor_pool::wake_all() {
  do
    searching_.fetch_add(1, std::memory_order_seq_cst); // before it can know
  while (idle_.wake_any());
  end_search();
}

void actor_pool::close() {
  mailbox_.await_pushes();
  room_.notify_all();
  wake_all();
}

bool actor_pool::workers_ended() {
  auto lives = [](pool_worker& w) { return w.lives.load(std::memory_order_acquire); };
  for (;;) {
    {
      std::lock_guard lock{mutex_}; // whoever starts one has done so, or will see that all is done
      if (for_some_worker(lives))
        return false;
      if (!work_left())
        return true;
    }
    if (!forget_the_dead())
      staff(); // a submitter that came just in time has not come to it
  }
}

namespace {

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
  return {look, caf::after(*limit - pool->nap_time()) >> [=] {
            if (pool->leave_when_idle(*me))
              leave();
          }};
}

} // namespace

/// Starts a worker. If there is none, and none can be started, the executor is broken.
void actor_pool::staff() {
  std::string trouble;
  {
    std::lock_guard lock{mutex_};
    if (!short_of_workers())
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
      end_search();
      retire();
      dismiss(*w);
      if (worker_count() == 0)
        trouble = e.what();
    }
  }
  if (!trouble.empty())
    break_down("no worker of " + options().thread_name_prefix + " could be started: " + trouble);
}

} // namespace mailroom::detail
