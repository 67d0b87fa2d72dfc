#pragma once

#include <chrono>
#include <memory>

#include "mailroom/executor/executor_core.hpp"
#include "mailroom/executor/options.hpp"
#include "mailroom/executor/statistics.hpp"
#include "mailroom/future/future.hpp"

namespace mailroom {

/// What can be done with an executor beside giving it tasks. All members but the destructor may be
/// called by any thread, by tasks of the executor, too.
class executor_control {
public:
  executor_control(const executor_control&) = delete;
  executor_control& operator=(const executor_control&) = delete;

  /// Cancels a task of this executor that has not begun, and takes it out of the queue at once, as
  /// if it had never been there. Returns whether it did. (`future::cancel` leaves an empty place in
  /// the queue until its turn comes.)
  bool remove(const any_future& task) { return task.valid() && core_->remove(*task.shared()); }

  /// Lets no more tasks begin, until `resume` or `shutdown`. Those that run go on.
  void pause() { core_->pause(); }
  void resume() { core_->resume(); }

  /// Waits until there are no tasks left; while paused, until none runs. Does not close anything.
  /// Throws `would_deadlock` if called by a task of this executor.
  void wait_idle() { core_->wait_idle(detail::never); }

  /// As above, for `time` at most. Returns whether there are none left.
  template <class Rep, class Period>
  bool wait_idle_for(std::chrono::duration<Rep, Period> time) {
    return core_->wait_idle(detail::after(time));
  }

  /// Takes no more tasks, and ends the workers when the others are done. Returns whether they have
  /// ended: then all futures have, and their callbacks too, except if this is called by one of
  /// them. May be called several times, by several threads. Resumes a paused executor. Throws
  /// `would_deadlock` if a task of this executor would wait for it.
  bool shutdown(shutdown_options options = {}) { return core_->shutdown(options); }

  statistics stats() const { return core_->stats(); }

  /// Returns how many workers live, and how many there may be.
  int worker_count() const noexcept { return core_->worker_count(); }
  int max_workers() const noexcept { return core_->options().max_workers; }

  /// Returns whether the initializer failed.
  bool is_broken() const noexcept { return core_->broken(); }

protected:
  explicit executor_control(std::shared_ptr<detail::executor_core> core) : core_(std::move(core)) {
    detail::enter_core(core_);
  }

  /// Waits for all tasks and workers, unlike Python, where `del` waits for nobody: like
  /// `std::jthread`. If a task destroys its own executor, it does not wait.
  ~executor_control() { core_->shutdown({.wait = !core_->own_worker()}); }

  const std::shared_ptr<detail::executor_core>& core() const noexcept { return core_; }

private:
  std::shared_ptr<detail::executor_core> core_;
};

} // namespace mailroom
