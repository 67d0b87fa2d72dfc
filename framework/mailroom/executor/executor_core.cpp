#include "mailroom/executor/executor_core.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <unistd.h>

namespace mailroom::detail {

namespace {

constexpr int most_workers = 10'000;
std::atomic<unsigned> executors_so_far{0};

executor_options checked(executor_options o, std::string_view kind) {
  if (o.max_workers < 0)
    throw std::invalid_argument("max_workers must be greater than 0");
  if (o.max_workers > most_workers)
    throw std::invalid_argument(
      fmt::format("max_workers must be at most {}, not {}", most_workers, o.max_workers));
  if (o.idle_timeout && o.idle_timeout->count() <= 0)
    throw std::invalid_argument("idle_timeout must be greater than 0");
  if (o.max_workers == 0)
    o.max_workers = default_workers();
  auto number = executors_so_far.fetch_add(1);
  if (o.thread_name_prefix.empty())
    o.thread_name_prefix = fmt::format("{}-{}", kind, number);
  return o;
}

} // namespace

executor_core::executor_core(executor_options options, std::string_view kind)
  : options_(checked(std::move(options), kind)), workers_(new std::atomic<worker*>[max_workers()]) {
  for (unsigned i = 0; i < max_workers(); ++i)
    workers_[i].store(nullptr, std::memory_order_relaxed);
}

executor_core::~executor_core() {
  for (unsigned i = 0; i < max_workers(); ++i)
    delete workers_[i].load(std::memory_order_relaxed);
}

// -- ending -------------------------------------------------------------------------------------------

void executor_core::check_open() const {
  if (broken())
    throw_broken();
  if (closing())
    throw shutdown_error("cannot schedule new futures after shutdown");
  if (program_has_ended())
    throw shutdown_error("cannot schedule new futures after the end of the program");
}

bool executor_core::shutdown(const shutdown_options& how) {
  {
    std::lock_guard lock{mutex_}; // nobody pauses it after this
    closing_.store(true, std::memory_order_seq_cst);
  }
  if (how.request_stop) {
    std::vector<state_ptr<shared_state>> running;
    {
      std::lock_guard lock{mutex_};
      for (auto* s : stoppable_)
        running.emplace_back(s);
    }
    for (auto& s : running)
      s->request_stop();
  }
  if (how.cancel_futures)
    discard_all([](job& j) { return j.revoke(); });
  paused_.store(false, std::memory_order_seq_cst);
  close();
  if (!how.wait)
    return worker_count() == 0;
  if (own_worker())
    throw would_deadlock("a task of " + options_.thread_name_prefix
                         + " cannot wait for the end of all its tasks");
  auto all_ended = [this, inside = ending_elsewhere::is_inside(*this)] {
    return (inside || ending_elsewhere_.load(std::memory_order_acquire) == 0) && workers_ended();
  };
  if (!await(all_ended, how.timeout ? after(*how.timeout) : never))
    return false;
  bury_workers();
  return true;
}

void executor_core::discard_all(const std::function<job::discarded(job&)>& discard) {
  ending_elsewhere guard{*this};
  for (auto* j = take_all(); j;) {
    auto* next = j->next;
    count(discard(*j));
    j = next;
  }
}

bool executor_core::revoke(job& j) {
  ending_elsewhere guard{*this};
  auto was = j.revoke();
  count(was);
  return was == job::discarded::cancelled;
}

void executor_core::break_down(const std::string& why) {
  {
    std::lock_guard lock{mutex_};
    if (broken())
      return;
    why_broken_ = why;
    broken_.store(true, std::memory_order_seq_cst);
  }
  discard_all([&](job& j) { return j.abandon(brokenness(why)); });
  close();
}

std::exception_ptr executor_core::brokenness(const std::string& why) const {
  return std::make_exception_ptr(broken_executor(why));
}

std::string executor_core::why_broken() const {
  std::lock_guard lock{mutex_};
  return why_broken_;
}

void executor_core::throw_broken() const {
  std::rethrow_exception(brokenness(why_broken()));
}

void executor_core::reject(job& j) {
  ending_elsewhere guard{*this};
  count(j.abandon(std::make_exception_ptr(
    rejected(fmt::format("the queue of {} is full", options_.thread_name_prefix)))));
}

void executor_core::drop(job& j) {
  ending_elsewhere guard{*this};
  count(j.abandon(brokenness(why_broken())));
}

void executor_core::count(job::discarded d) noexcept {
  if (d == job::discarded::cancelled)
    removed_.fetch_add(1, std::memory_order_acq_rel);
  else if (d == job::discarded::failed)
    dropped_.fetch_add(1, std::memory_order_acq_rel);
}

void executor_core::set_paused(bool paused) {
  {
    std::lock_guard lock{mutex_};
    paused_.store(paused && !closing(), std::memory_order_seq_cst);
  }
  pause_changed();
  look_again();
}

// -- counting -----------------------------------------------------------------------------------------

std::uint64_t executor_core::unfinished() const noexcept {
  // What has ended is read first: so the difference is never too small.
  auto ended = dropped_.load(std::memory_order_acquire) + expired_.load(std::memory_order_acquire)
               + removed_.load(std::memory_order_acquire);
  for (unsigned i = 1; i <= max_workers(); ++i)
    if (auto* w = worker_at(i))
      ended += w->ended();
    else
      break; // numbers are given out in order
  return submitted() - ended;
}

std::uint64_t executor_core::submitted() const noexcept {
  auto n = submitted_.get() + submitted_elsewhere_.load(std::memory_order_acquire);
  for (unsigned i = 1; i <= max_workers(); ++i)
    if (auto* w = worker_at(i))
      n += w->submitted.get();
    else
      break;
  return n;
}

statistics executor_core::stats() const {
  statistics s;
  s.dropped = dropped_.load(std::memory_order_acquire);
  s.failed = expired_.load(std::memory_order_acquire);
  s.cancelled = removed_.load(std::memory_order_acquire);
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  std::uint64_t ahead = 0;
  for (unsigned i = 1; i <= max_workers(); ++i)
    if (auto* w = worker_at(i)) {
      s.done += w->done.get();
      auto failed = w->failed.get();
      s.failed += failed;
      ended += w->done.get() + failed;
      s.cancelled += w->cancelled.get();
      ahead += w->ahead.load(std::memory_order_acquire); // those that are missing have started
      started += w->started.get();
      if (options_.measure_times)
        w->add_times_to(s);
    }
  started += ahead;
  auto gone = started + s.cancelled + s.dropped + expired_.load(std::memory_order_acquire);
  auto all = submitted();
  s.queued = all > gone ? all - gone : 0;
  s.running = started > ended ? started - ended : 0;
  s.workers = worker_count();
  return s;
}

// -- waiting for the end of something ------------------------------------------------------------------

bool executor_core::wait_idle(clock::time_point deadline) {
  if (own_worker())
    throw would_deadlock("a task of " + options_.thread_name_prefix
                         + " cannot wait until none runs");
  if (ending_elsewhere::is_inside(*this))
    throw would_deadlock("a task of " + options_.thread_name_prefix
                         + " is ended by this thread, which cannot wait until it has");
  return await([this] { return paused() ? stats().running == 0 : unfinished() == 0; }, deadline);
}

bool executor_core::await(const std::function<bool()>& condition, clock::time_point deadline) {
  for (;;) {
    auto since = changed_.prepare();
    bool is = condition();
    if (is || (deadline != never && clock::now() >= deadline)) {
      changed_.cancel();
      return is;
    }
    changed_.wait(since, deadline);
  }
}

thread_local executor_core::ending_elsewhere* executor_core::ending_elsewhere::innermost_ = nullptr;

executor_core::ending_elsewhere::ending_elsewhere(executor_core& core) noexcept
  : core_(core), outer_(std::exchange(innermost_, this)) {
  core_.ending_elsewhere_.fetch_add(1, std::memory_order_acq_rel);
}

executor_core::ending_elsewhere::~ending_elsewhere() {
  innermost_ = outer_;
  core_.ending_elsewhere_.fetch_sub(1, std::memory_order_acq_rel);
  core_.look_again();
}

bool executor_core::ending_elsewhere::is_inside(const executor_core& core) noexcept {
  for (auto* e = innermost_; e; e = e->outer_)
    if (&e->core_ == &core)
      return true;
  return false;
}

// -- tasks that can be asked to stop ------------------------------------------------------------------

void executor_core::stoppable_begins(shared_state& task) {
  std::lock_guard lock{mutex_};
  stoppable_.insert(&task);
}

void executor_core::stoppable_ends(shared_state& task) {
  std::lock_guard lock{mutex_};
  stoppable_.erase(&task);
}

// -- workers ------------------------------------------------------------------------------------------

worker* executor_core::hire() {
  for (unsigned i = 1; i <= max_workers(); ++i) {
    auto* w = worker_at(i);
    if (w && w->lives.load(std::memory_order_acquire))
      continue;
    if (!w) {
      w = make_worker(i, fmt::format("{}_{}", options_.thread_name_prefix, i - 1)).release();
      workers_[i - 1].store(w, std::memory_order_release);
    }
    w->lives.store(true, std::memory_order_release);
    living_.fetch_add(1, std::memory_order_seq_cst);
    return w;
  }
  return nullptr;
}

bool executor_core::enter(worker& w, bool own_thread) noexcept {
  w.enter(own_thread);
  if (!options_.initializer)
    return true;
  try {
    options_.initializer();
    return true;
  } catch (...) {
    report("exception in the initializer of " + w.name(), std::current_exception());
    break_down("a worker of " + options_.thread_name_prefix
               + " failed to initialize: " + describe(std::current_exception()));
    return false;
  }
}

void executor_core::leave(worker& w) noexcept {
  if (options_.finalizer)
    try {
      options_.finalizer();
    } catch (...) {
      report("exception in the finalizer of " + w.name(), std::current_exception());
    }
  w.leave();
}

// -- all executors of the program ---------------------------------------------------------------------

namespace {

struct registry {
  std::mutex mutex;
  std::map<executor_core*, std::weak_ptr<executor_core>> cores; // guarded by mutex
  pid_t process = 0;                                            // guarded by mutex
  std::atomic<bool> ended{false};
};

registry& all_cores() {
  static auto& instance = *new registry; // never destroyed: executors may be static
  return instance;
}

/// Lets the tasks of executors that were never destroyed run to their end, like Python does.
void finish_all() {
  auto& all = all_cores();
  std::vector<std::shared_ptr<executor_core>> left;
  {
    std::lock_guard lock{all.mutex};
    if (all.process != getpid())
      return; // a fork has none of the threads
    all.ended.store(true);
    for (auto& [address, core] : all.cores)
      if (auto c = core.lock())
        left.push_back(std::move(c));
  }
  for (auto& core : left)
    core->shutdown({.wait = !core->own_worker()});
}

} // namespace

std::shared_ptr<executor_core> find_core(executor_core* address) {
  auto& all = all_cores();
  std::lock_guard lock{all.mutex};
  auto i = all.cores.find(address);
  return i == all.cores.end() ? nullptr : i->second.lock();
}

void enter_core(const std::shared_ptr<executor_core>& core) {
  auto& all = all_cores();
  std::lock_guard lock{all.mutex};
  if (all.process == 0) {
    all.process = getpid();
    std::atexit(finish_all);
  }
  std::erase_if(all.cores, [](auto& entry) { return entry.second.expired(); });
  all.cores[core.get()] = core;
}

bool program_has_ended() noexcept {
  return all_cores().ended.load(std::memory_order_acquire);
}

} // namespace mailroom::detail
