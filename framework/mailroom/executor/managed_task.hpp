#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "mailroom/executor/alarm_clock.hpp"
#include "mailroom/executor/task.hpp"

namespace mailroom::detail {

/// A task with all that can be asked of one: a deadline, a stop token, its times.
template <class R, class F>
class managed_task final : public queued_task<R, F> {
public:
  /// `is_posted`: nobody has a future of it, so that its failures are reported.
  managed_task(std::shared_ptr<executor_core> core, F&& f, const task_options& options,
               bool is_posted)
    : queued_task<R, F>(*core, std::move(f)), core_(std::move(core)), rank_(options.priority),
      is_posted_(is_posted), submitted_(clock::now()),
      source_(wants_stop_token<F> ? std::stop_source{} : std::stop_source{std::nostopstate}) {}

  /// Watches the clock and the token, both of which may end it at once.
  void arm(const task_options& options) {
    if (options.deadline) {
      clock_ = alarm_clock::shared();
      alarm_ = clock_->set(after(*options.deadline),
                           [self = state_ptr<managed_task>{this}] { self->expire(); });
    }
    if (options.stop.stop_possible())
      stop_.emplace(options.stop, stopper{this});
  }

  /// Takes back `arm`. For whoever runs it, cancels it for good, or could not queue it.
  void disarm() noexcept {
    stop_.reset();
    if (auto c = std::exchange(clock_, nullptr))
      c->cancel(alarm_);
  }

  void execute(worker& w) noexcept override {
    w.begins();
    auto begun = clock::now();
    auto home = core_; // the executor may be destroyed by the task
    if (source_.stop_possible())
      home->stoppable_begins(*this);
    std::optional<typename typed_state<R>::stored> value;
    std::exception_ptr error;
    try {
      if constexpr (std::is_void_v<R>) {
        call();
        value.emplace();
      } else if constexpr (std::is_reference_v<R>) {
        value.emplace(std::addressof(call()));
      } else {
        value.emplace(call());
      }
    } catch (...) {
      error = std::current_exception();
    }
    if (source_.stop_possible())
      home->stoppable_ends(*this);
    this->callable_.destroy();
    disarm();
    if (home->options().measure_times)
      w.measured(begun - submitted_, clock::now() - begun);
    if (error && is_posted_)
      home->report("exception in a posted task", error);
    bool in_time = this->claim();
    w.ends(value && in_time ? ending::value : ending::error);
    if (!in_time)
      return;
    if (value)
      this->finish_with_result_of([&]() -> decltype(auto) {
        if constexpr (std::is_reference_v<R>)
          return static_cast<R>(**value);
        else if constexpr (!std::is_void_v<R>)
          return std::move(*value);
      });
    else
      this->finish_with_error(error);
  }

  bool request_stop() override {
    if (this->cancel())
      return true;
    // A deadline ends the future before the task.
    bool runs = this->state() == future_state::running || expired_.load(std::memory_order_acquire);
    if (!runs || !source_.stop_possible())
      return false;
    source_.request_stop();
    return true;
  }

  int rank() const noexcept override { return rank_; }

  /// It has been counted as submitted. If it was too late before, it is counted as such only now:
  /// so there are never more that have ended than have begun.
  void was_submitted() noexcept {
    if (submitted_or_late_.exchange(true, std::memory_order_acq_rel))
      core_->expired();
  }

private:
  struct stopper {
    managed_task* task;
    void operator()() const { task->request_stop(); }
  };

  decltype(auto) call() {
    if constexpr (wants_stop_token<F>)
      return std::invoke(this->callable_.get(), source_.get_token());
    else
      return std::invoke(this->callable_.get());
  }

  void expire() noexcept {
    executor_core::ending_elsewhere guard{*core_};
    auto error = std::make_exception_ptr(timeout_error("the task missed its deadline"));
    if (this->claim(false)) {
      if (submitted_or_late_.exchange(true, std::memory_order_acq_rel))
        core_->expired();
      this->finish_with_error(error);
    } else {
      expired_.store(true, std::memory_order_release);
      if (!this->claim())
        return;
      this->finish_with_error(error);
      source_.request_stop();
    }
    if (is_posted_)
      core_->report("a posted task was too late", error);
  }

  void dropped(const std::exception_ptr& why) noexcept override {
    if (is_posted_ && why)
      core_->report("a posted task was dropped", why);
    disarm();
  }

  std::shared_ptr<executor_core> core_;
  int rank_;
  bool is_posted_;
  std::atomic<bool> expired_{false};
  std::atomic<bool> submitted_or_late_{false};
  clock::time_point submitted_;
  std::stop_source source_;
  std::shared_ptr<alarm_clock> clock_;
  alarm_clock::ticket alarm_ = 0;
  std::optional<std::stop_callback<stopper>> stop_;
};

} // namespace mailroom::detail
