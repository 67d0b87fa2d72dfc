#include "mailroom/executor/thread_pool.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "mailroom/future/linger.hpp"

namespace mailroom::detail {

thread_pool::thread_pool(executor_options options, std::string_view kind, bool lingers)
  : executor_core(std::move(options), kind), queue_(this->options().ageing), lingers_(lingers),
    threads_(max_workers()) {}

thread_pool::~thread_pool() {
  for (auto& t : threads_)
    if (t.joinable())
      t.detach(); // nobody waited for it; it may be this very thread
}

void thread_pool::push(job& j) {
  std::unique_lock lock{mutex_};
  check_open();
  if (full() && !make_room(lock, j))
    return;
  count_submitted();
  j.ticket = ++last_ticket_;
  queue_.push(j);
  if (short_of_workers())
    staff(lock);
  lock.unlock();
  work_.notify_one();
}

bool thread_pool::remove(shared_state& task) {
  std::unique_lock lock{mutex_};
  auto found = queue_.extract_if([&](job& j) { return &j == &task; });
  if (found.empty())
    return false;
  lock.unlock();
  space_.notify_one();
  return revoke(*found.release());
}

// -- the queue ------------------------------------------------------------------------------------

/// Returns whether the job is to be queued. Throws if it is not taken.
bool thread_pool::make_room(std::unique_lock<std::mutex>& lock, job& j) {
  // What was cancelled, or run by those who waited for it, is not worth its place.
  auto dead = queue_.extract_if([](job& q) { return !q.waiting(); });
  while (auto* d = dead.pop_front())
    revoke(*d);
  if (!full())
    return true;
  switch (options().overflow) {
    case overflow_policy::fail:
      throw rejected("the queue of " + options().thread_name_prefix + " is full");
    case overflow_policy::drop_newest:
      count_submitted();
      lock.unlock();
      reject(j);
      return false;
    case overflow_policy::drop_oldest: {
      auto* oldest = queue_.pop_oldest();
      lock.unlock();
      reject(*oldest); // runs callbacks
      lock.lock();
      check_open();
      return full() ? make_room(lock, j) : true;
    }
    default: break;
  }
  if (auto* me = own_worker()) {
    count_submitted();
    lock.unlock();
    j.run(*me); // it cannot wait for itself to take something out of the queue
    return false;
  }
  space_.wait(lock, [&] { return !full() || closing() || broken(); });
  check_open();
  return true;
}

job_list thread_pool::take_more(std::size_t most, bool (*predicate)(job&)) {
  job_list taken;
  std::unique_lock lock{mutex_};
  if (paused() || broken())
    return taken;
  for (auto share = std::min<std::size_t>(most, queue_.size() / max_workers()); share > 0;
       --share) {
    if (auto* next = queue_.front(); !next || !predicate(*next))
      break;
    taken.push_back(*queue_.pop());
  }
  lock.unlock();
  if (options().max_queued > 0)
    space_.notify_all();
  return taken;
}

void thread_pool::put_back(job_list jobs) {
  std::unique_lock lock{mutex_};
  if (!broken()) {
    while (auto* j = jobs.pop_front())
      queue_.put_back(*j);
    lock.unlock();
    work_.notify_all();
    return;
  }
  lock.unlock();
  while (auto* j = jobs.pop_front())
    drop(*j);
}

job* thread_pool::take_all() {
  std::unique_lock lock{mutex_};
  auto all = queue_.extract_if([](job&) { return true; });
  lock.unlock();
  space_.notify_all();
  return all.release();
}

// -- workers --------------------------------------------------------------------------------------

/// Starts a worker. If there is none, and none can be started, the executor is broken.
void thread_pool::staff(std::unique_lock<std::mutex>& lock) {
  auto* w = hire();
  if (!w)
    return; // one is just ending, and will look again
  auto& thread = threads_[w->number() - 1];
  if (thread.joinable())
    thread.join(); // it has ended, but for its last instructions
  try {
    thread = std::thread{[this, w, self = shared_from_this()] { work(*w); }};
  } catch (const std::system_error& e) {
    retire();
    dismiss(*w);
    if (worker_count() > 0)
      return;
    lock.unlock();
    break_down("no worker of " + options().thread_name_prefix + " could be started: " + e.what());
    lock.lock();
  }
}

void thread_pool::work(worker& w) {
  do {
    bool fit = enter(w, true);
    if (fit)
      run_tasks(w);
    {
      std::lock_guard lock{mutex_};
      retire();
    }
    if (fit)
      leave(w);
  } while (is_needed_again(w));
}

void thread_pool::run_tasks(worker& w) {
  std::unique_lock lock{mutex_};
  for (;;) {
    if (auto* j = paused() ? nullptr : queue_.pop()) {
      lock.unlock();
      if (options().max_queued > 0)
        space_.notify_one();
      perform(w, *j);
      lock.lock();
    } else if (closing() || broken() || !sleep(lock)) {
      return;
    }
  }
}

/// A task may have come after its worker had decided to end. Nobody else may be there to run it.
bool thread_pool::is_needed_again(worker& w) {
  {
    std::lock_guard lock{mutex_};
    if (!broken() && !queue_.empty() && short_of_workers()) {
      rehire();
      return true;
    }
    dismiss(w);
  }
  look_again();
  return false;
}

/// Returns whether there may be something to do, and not only a long silence.
bool thread_pool::sleep(std::unique_lock<std::mutex>& lock) {
  look_again();
  auto awake = [&] { return (!paused() && !queue_.empty()) || closing() || broken(); };
  if (lingers_) { // who waits for a result to submit the next task does that soon
    lock.unlock();
    linger([this, before = submitted()] { return submitted() != before || closing(); });
    lock.lock();
  }
  if (!options().idle_timeout) {
    work_.wait(lock, awake);
    return true;
  }
  return work_.wait_for(lock, *options().idle_timeout, awake) || !queue_.empty();
}

void thread_pool::close() {
  { std::lock_guard lock{mutex_}; } // whoever has looked before is asleep now
  work_.notify_all();
  space_.notify_all();
}

bool thread_pool::workers_ended() {
  std::lock_guard lock{mutex_};
  for (unsigned i = 1; i <= max_workers(); ++i)
    if (auto* w = worker_at(i); w && w->lives.load(std::memory_order_acquire))
      return false;
  return true;
}

void thread_pool::bury_workers() {
  std::lock_guard lock{mutex_};
  for (auto& t : threads_)
    if (t.joinable())
      t.join();
}

} // namespace mailroom::detail
