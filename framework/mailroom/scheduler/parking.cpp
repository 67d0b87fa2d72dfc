#include "mailroom/scheduler/parking.hpp"

#include <optional>
#include <utility>

#include "mailroom/scheduler/crew.hpp"

namespace mailroom::detail {

namespace {

/// All that one of CAF's threads ever runs: one job after the other, until a job ends the thread.
/// CAF's own loop does the same, and asks each job first who it is, for a log that nobody reads;
/// that is another quarter of what a message costs.
class shift final : public caf::resumable {
public:
  explicit shift(crew& all) : all_(all), me_(all.hire()) {}

  resume_result resume(caf::execution_unit* thread, std::size_t messages_at_once) override {
    for (;;) {
      forget_logger(); // which is set when a thread starts, and by whoever spawns
      auto* job = all_.next(me_);
      switch (job->resume(thread, messages_at_once)) {
        case resume_later: all_.postpone(me_, job); break;
        case done:
        case awaiting_message: caf::intrusive_ptr_release(job); break;
        case shutdown_execution_unit: return shutdown_execution_unit;
      }
    }
  }

  void hand_over(caf::resumable* job) { all_.hand_over(me_, job); }
  caf::resumable* left() { return all_.left_by(me_); }

  // Nobody counts: it lives as long as its thread.
  void intrusive_ptr_add_ref_impl() override {}
  void intrusive_ptr_release_impl() override {}

private:
  crew& all_;
  crew::member& me_;
};

/// Tells CAF's threads to ask a crew what to run.
///
/// To stop, CAF submits one job per thread that ends whichever thread runs it, one after the other.
/// What is left in the queues is drained afterwards.
class parking : public caf::policy::unprofiled {
public:
  struct coordinator_data : crew {
    explicit coordinator_data(caf::scheduler::abstract_coordinator*) {}
  };

  /// CAF makes one of these, and copies it for each of its threads before it starts any.
  struct worker_data {
    explicit worker_data(caf::scheduler::coordinator<parking>* coordinator)
      : all(coordinator->data()) {}
    worker_data(const worker_data& other) : all(other.all), work(std::in_place, all) {}
    worker_data& operator=(const worker_data&) = delete;

    crew& all;
    std::optional<shift> work;
  };

  template <class Coordinator>
  void central_enqueue(Coordinator* self, caf::resumable* job) {
    d(self).submit(job);
  }

  template <class Worker>
  void external_enqueue(Worker* self, caf::resumable* job) {
    d(self).all.submit(job);
  }

  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    d(self).work->hand_over(job);
  }

  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    return &*d(self).work;
  }

  template <class Worker>
  void resume_job_later(Worker*, caf::resumable*) {} // a shift ends or does not come back

  template <class Worker, class F>
  void foreach_resumable(Worker* self, F f) {
    while (auto* job = d(self).work->left())
      f(job);
  }

  template <class Coordinator, class F>
  void foreach_central_resumable(Coordinator* self, F f) {
    while (auto* job = d(self).left_by_all())
      f(job);
  }
};

} // namespace

void use_parking_scheduler(caf::actor_system_config& config) {
  config.load<caf::scheduler::coordinator<parking>>();
}

} // namespace mailroom::detail
