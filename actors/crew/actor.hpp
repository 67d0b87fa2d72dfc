#pragma once

#include <functional>

#include "mailroom/caf.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

/// What a crew does for somebody. It may block; see `hire` for what it must not do.
struct crew_job {
  std::function<void()> run;
};

} // namespace mailroom

MAILROOM_LOCAL_MESSAGE(mailroom::crew_job)

namespace mailroom {

/// One of a crew: does a job and answers whoever submitted it.
using crew_worker_actor = caf::typed_actor< //
  accepts<done_atom(crew_job)>>;            // runs it; an error if it threw

/// A few workers that pull: whoever is free takes the next job from one shared queue.
///
/// Jobs run once, in the order in which they were submitted, as many at a time as there are
/// workers. A slow job holds up one worker and nobody else. (CAF's own `actor_pool` with round
/// robin deals the jobs out in advance: a quick one may wait behind a slow one while others are
/// idle.)
///
/// It is the small ancestor of the actor pool executor, for which it will make room: no futures, no
/// cancelling, no priorities, and the queue has no bound.
///
/// Owned by the actor: the queue, and who is free. Costs: three messages per job, and a thread per
/// worker.
using crew_actor = caf::typed_actor<           //
  accepts<done_atom(crew_job)>,                // answers when the job has run; an error if it threw
  accepts<void(get_atom, crew_worker_actor)>>; // from its workers: this one is free

/// Starts a crew of `workers`; any thread may call it, and any actor or thread may submit jobs.
///
/// An exception in a job becomes the answer: `caf::sec::runtime_error` with the text of the
/// exception. A job is destroyed before its answer is sent, so what it refers to may go when the
/// answer has come.
///
/// The crew ends when its handle is gone and all jobs have run, when it is told to (an exit
/// message), and with the system. If told, a job that runs is finished and answered, and the
/// others are dropped and answered with an error. A job must not wait for another one of the same
/// crew: all workers may come to wait for jobs in the queue. Nor may it run for ever, for nobody
/// can stop it: let it look at a `std::stop_token`.
///
/// Throws `std::invalid_argument` if there are less than 1 or more than 1024 workers.
crew_actor hire(system& sys, int workers);

} // namespace mailroom
