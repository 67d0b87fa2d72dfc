#include "actors/crew/actor.hpp"

#include <deque>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mailroom {

namespace {

constexpr int most_workers = 1024;

// -- a worker ---------------------------------------------------------------------------------------

/// Runs a job, ends its life, and returns what it threw.
caf::error run(crew_job job) {
  try {
    job.run();
    return caf::none;
  } catch (const std::exception& e) {
    return caf::make_error(caf::sec::runtime_error, std::string(e.what()));
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, std::string("not a std::exception"));
  }
}

/// A worker knows its foreman only by address: otherwise the two would keep each other alive.
crew_worker_actor::behavior_type worker(crew_worker_actor::pointer self, caf::actor_addr foreman) {
  auto report_free = [=] {
    if (auto there = caf::actor_cast<crew_actor>(foreman))
      self->send(there, get_atom_v, crew_worker_actor{self});
  };
  report_free();
  return {
    [=](crew_job& job) -> caf::result<done_atom> {
      auto failure = run(std::move(job));
      report_free();
      if (failure)
        return failure;
      return done_atom_v;
    },
  };
}

// -- the foreman ------------------------------------------------------------------------------------

using promise = caf::typed_response_promise<done_atom>;

struct foreman_state {
  std::deque<std::pair<crew_job, promise>> queue; // empty, or `idle` is
  std::vector<crew_worker_actor> idle;
  static inline const char* name = "foreman";

  /// The foreman ends, whatever the reason: nobody waits for a job that will not run.
  ~foreman_state() {
    for (auto& [job, answer] : queue)
      answer.deliver(caf::make_error(caf::sec::request_receiver_down));
  }
};

crew_actor::behavior_type foreman(crew_actor::stateful_pointer<foreman_state> self, int workers) {
  for (int i = 0; i < workers; ++i)
    self->spawn<caf::detached + caf::linked>(worker, self->address());
  return {
    [self](crew_job& job) -> promise {
      auto& state = self->state;
      auto answer = self->make_response_promise<done_atom>();
      if (state.idle.empty()) {
        state.queue.emplace_back(std::move(job), answer);
      } else {
        answer.delegate(state.idle.back(), std::move(job));
        state.idle.pop_back();
      }
      return answer;
    },
    [self](get_atom, const crew_worker_actor& free) {
      auto& state = self->state;
      if (state.queue.empty()) {
        state.idle.push_back(free);
      } else {
        auto& [job, answer] = state.queue.front();
        answer.delegate(free, std::move(job)); // the worker answers in the foreman's place
        state.queue.pop_front();
      }
    },
  };
}

} // namespace

crew_actor hire(system& sys, int workers) {
  if (workers < 1 || workers > most_workers)
    throw std::invalid_argument("a crew has 1 to " + std::to_string(most_workers) + " workers, not "
                                + std::to_string(workers));
  return sys.spawn(foreman, workers);
}

} // namespace mailroom
