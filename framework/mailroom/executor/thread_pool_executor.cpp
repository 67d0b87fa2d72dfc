#include "mailroom/executor/thread_pool_executor.hpp"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "mailroom/executor/run_queue.hpp"

namespace mailroom {

namespace detail {

namespace {

class thread_pool final : public executor_core {
public:
  explicit thread_pool(executor_options options)
    : executor_core(std::move(options), "thread_pool"), queue_(this->options().ageing),
      threads_(max_workers()) {}

  ~thread_pool() override {
    for (auto& t : threads_)
      if (t.joinable())
        t.detach(); // nobody waited for it; it may be this very thread
  }

  void push(job& j) override {
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

  bool remove(shared_state& task) override {
    std::unique_lock lock{mutex_};
    auto found = queue_.extract_if([&](job& j) { return &j == &task; });
    if (found.empty())
      return false;
    lock.unlock();
    space_.notify_one();
    return revoke(*found.release());
  }

private:
  // -- the queue ------------------------------------------------------------------------------------

  bool full() const noexcept {
    return options().max_queued > 0 && queue_.size() >= options().max_queued;
  }

  /// Returns whether the job is to be queued. Throws if it is not taken.
  bool make_room(std::unique_lock<std::mutex>& lock, job& j) {
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

  job* take_all() override {
    std::unique_lock lock{mutex_};
    auto all = queue_.extract_if([](job&) { return true; });
    lock.unlock();
    space_.notify_all();
    return all.release();
  }

  // -- workers --------------------------------------------------------------------------------------

  /// Starts a worker. If there is none, and none can be started, the executor is broken.
  void staff(std::unique_lock<std::mutex>& lock) {
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

  void work(worker& w) {
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

  void run_tasks(worker& w) {
    std::unique_lock lock{mutex_};
    for (;;) {
      if (auto* j = paused() ? nullptr : queue_.pop()) {
        lock.unlock();
        if (options().max_queued > 0)
          space_.notify_one();
        j->run(w);
        lock.lock();
      } else if (closing() || broken() || !sleep(lock)) {
        return;
      }
    }
  }

  /// A task may have come after its worker had decided to end. Nobody else may be there to run it.
  bool is_needed_again(worker& w) {
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
  bool sleep(std::unique_lock<std::mutex>& lock) {
    look_again();
    auto awake = [&] { return (!paused() && !queue_.empty()) || closing() || broken(); };
    if (!options().idle_timeout) {
      work_.wait(lock, awake);
      return true;
    }
    return work_.wait_for(lock, *options().idle_timeout, awake) || !queue_.empty();
  }

  void pause_changed() override { close(); }

  void close() override {
    { std::lock_guard lock{mutex_}; } // whoever has looked before is asleep now
    work_.notify_all();
    space_.notify_all();
  }

  bool workers_ended() override {
    std::lock_guard lock{mutex_};
    for (unsigned i = 1; i <= max_workers(); ++i)
      if (auto* w = worker_at(i); w && w->lives.load(std::memory_order_acquire))
        return false;
    return true;
  }

  void bury_workers() override {
    std::lock_guard lock{mutex_};
    for (auto& t : threads_)
      if (t.joinable())
        t.join();
  }

  std::mutex mutex_;
  std::condition_variable work_;  // there is a task, or an end
  std::condition_variable space_; // there is room in the queue
  run_queue queue_;               // guarded by mutex_, as are the others
  std::int64_t last_ticket_ = 0;
  std::vector<std::thread> threads_; // by number - 1
};

executor_options checked(executor_options options) {
  if (options.workers != worker_kind::own_threads)
    throw std::invalid_argument("the workers of a thread pool have their own threads");
  return options;
}

} // namespace

} // namespace detail

thread_pool_executor::thread_pool_executor(executor_options options)
  : executor_base(std::make_shared<detail::thread_pool>(detail::checked(std::move(options)))) {}

} // namespace mailroom
