#include "mailroom/executor/worker.hpp"

#include <pthread.h>

#include "mailroom/executor/executor_core.hpp"
#include "mailroom/executor/wait_graph.hpp"

namespace mailroom {

namespace detail {

namespace {

/// A task run inside of another one needs room on its stack. Deeper than this, workers just wait.
constexpr int most_nested = 500;

/// Linux shows 15 characters: the last ones tell workers apart.
void name_this_thread(const std::string& name) noexcept {
  constexpr std::size_t room = 15;
  auto* shown = name.c_str() + (name.size() > room ? name.size() - room : 0);
  pthread_setname_np(pthread_self(), shown);
}

/// What `act_as_worker` was told.
struct role {
  std::string name;
  int index = -1;
};
thread_local role acting;

} // namespace

void act_as_worker(const std::string& name, unsigned number) {
  acting = {name, static_cast<int>(number) - 1};
  name_this_thread(name);
}

worker::worker(executor_core& core, unsigned number, std::string name)
  : core_(core), number_(number), name_(std::move(name)) {}

worker* worker::current() noexcept {
  return static_cast<worker*>(helper::current()); // there are no other helpers
}

void worker::enter(bool own_thread) noexcept {
  helper::current() = this;
  if (own_thread)
    name_this_thread(name_);
}

void worker::leave() noexcept {
  helper::current() = nullptr;
}

void worker::measured(std::chrono::nanoseconds waited, std::chrono::nanoseconds ran) noexcept {
  std::lock_guard lock{mutex_};
  waiting_time_.add(waited);
  run_time_.add(ran);
}

void worker::add_times_to(statistics& s) const {
  std::lock_guard lock{mutex_};
  s.waiting_time += waiting_time_;
  s.run_time += run_time_;
}

// -- helper -------------------------------------------------------------------------------------------

bool worker::assist(std::span<shared_state* const> awaited) {
  if (depth_ >= most_nested)
    return false;
  ++depth_;
  bool helped = false;
  for (auto* s : awaited)
    if ((helped = assist(*s)))
      break;
  --depth_;
  return helped;
}

bool worker::assist(shared_state& awaited) {
  if (awaited.settled())
    return false;
  if (awaited.home() != &core_) {
    bool helped = false;
    awaited.sources([&](shared_state& s) { helped = helped || assist(s); });
    return helped;
  }
  // What was submitted last is often awaited first: then it need not stay in the queue.
  if (core_.run_last(*this, awaited))
    return true;
  switch (awaited.start(number_)) {
    case shared_state::started::yes: core_.run_started(*this, awaited); return true;
    case shared_state::started::cancelled: cancelled.add(); return true;
    default: return core_.run_descendant(*this, awaited);
  }
}

void worker::block(std::span<shared_state* const> awaited, parker& place, std::uint32_t since,
                   clock::time_point deadline) {
  // Sleeps until the task is done, or has submitted something this worker could run.
  auto* first = awaited.front();
  bool own = first->home() == &core_;
  if (own) {
    core_.watch_descendants(*this, *first, &place);
    if (assist(awaited)) {
      core_.watch_descendants(*this, *first, nullptr);
      return;
    }
  }
  try {
    std::optional<wait_entry> entry;
    if (deadline == never)
      entry.emplace(*this, awaited);
    place.park(since, deadline);
  } catch (...) {
    if (own)
      core_.watch_descendants(*this, *first, nullptr);
    throw;
  }
  if (own)
    core_.watch_descendants(*this, *first, nullptr);
}

} // namespace detail

namespace this_worker {

std::string name() {
  auto* me = detail::worker::current();
  return me ? me->name() : detail::acting.name;
}

int index() noexcept {
  auto* me = detail::worker::current();
  return me ? static_cast<int>(me->number()) - 1 : detail::acting.index;
}

} // namespace this_worker

} // namespace mailroom
