#include "mailroom/executor/wait_graph.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "mailroom/executor/executor_core.hpp"

namespace mailroom::detail {

namespace {

std::mutex& graph_mutex() {
  static auto& mutex = *new std::mutex;
  return mutex;
}

/// Guarded by the mutex, as are all functions below.
std::vector<wait_entry*>& sleepers() {
  static auto& all = *new std::vector<wait_entry*>;
  return all;
}

using workers = std::set<const worker*>;

bool some_worker_outside(const executor_core& core, const workers& stuck) {
  for (unsigned i = 1; i <= core.max_workers(); ++i)
    if (auto* w = core.worker_at(i);
        w && w->lives.load(std::memory_order_acquire) && !stuck.contains(w))
      return true;
  return false;
}

bool may_end(shared_state& s, const workers& stuck) {
  if (s.settled())
    return true;
  if (!s.home()) {
    bool any = false;
    bool hope = false;
    s.sources([&](shared_state& source) {
      any = true;
      hope = hope || may_end(source, stuck);
    });
    return !any || hope; // somebody from outside may have the promise
  }
  auto core = find_core(s.home());
  if (!core)
    return true; // it has ended meanwhile, and with it all its tasks
  if (auto runner = s.runner())
    return !stuck.contains(core->worker_at(runner));
  return core->paused() || core->worker_count() < static_cast<int>(core->max_workers())
         || some_worker_outside(*core, stuck);
}

/// Returns all workers that will never go on.
workers find_stuck() {
  workers stuck;
  for (auto* e : sleepers())
    stuck.insert(&e->who);
  for (bool changed = true; changed;) {
    changed = false;
    for (auto* e : sleepers())
      if (stuck.contains(&e->who)
          && std::ranges::any_of(e->awaited, [&](auto* s) { return may_end(*s, stuck); })) {
        stuck.erase(&e->who);
        changed = true;
      }
  }
  return stuck;
}

const wait_entry* entry_of(const worker* w) {
  for (auto* e : sleepers())
    if (&e->who == w)
      return e;
  return nullptr;
}

/// Follows who waits for whom until it comes back.
std::string name_cycle(const worker& first) {
  std::string text = first.name();
  workers seen;
  for (auto* w = &first; seen.insert(w).second;) {
    auto* e = entry_of(w);
    auto* s = e ? e->awaited.front() : nullptr;
    auto core = s && s->home() ? find_core(s->home()) : nullptr;
    if (!core)
      return text + " waits for what none of these will do";
    text += seen.size() > 1 ? ", which waits for " : " waits for ";
    auto runner = s->runner();
    if (!runner)
      return text + "a task in the queue of " + core->options().thread_name_prefix
             + ", all of whose workers wait";
    w = core->worker_at(runner);
    text += "a task of " + w->name();
  }
  return text;
}

} // namespace

wait_entry::wait_entry(worker& w, std::span<shared_state* const> a) : who(w), awaited(a) {
  std::lock_guard lock{graph_mutex()};
  sleepers().push_back(this);
  if (find_stuck().contains(&who)) {
    auto cycle = name_cycle(who);
    std::erase(sleepers(), this);
    throw would_deadlock("waiting would never end: " + cycle);
  }
}

wait_entry::~wait_entry() {
  std::lock_guard lock{graph_mutex()};
  std::erase(sleepers(), this);
}

} // namespace mailroom::detail
