#pragma once

#include <stop_token>
#include <type_traits>
#include <utility>

#include "mailroom/future/parker.hpp"
#include "mailroom/process/remote.hpp"

namespace mailroom::detail {

/// What is asked of one call, beside its result.
struct call_terms {
  bool idempotent = false;            // may be begun again if its process was lost
  clock::time_point deadline = never; // it is no use any more
};

/// A call for another process.
class outgoing_call {
public:
  outgoing_call(buffer m, const call_terms& t) : message(std::move(m)), terms(t) {}

  buffer message; // a frame that lacks its number
  call_terms terms;
};

/// Has the process of this thread, which is one of a pool of processes, run a call, and returns the
/// body of its answer. Throws what the task has thrown, or `broken_process_pool`.
buffer run_remotely(outgoing_call& call, const std::stop_token& stop);

/// What a thread of a pool of processes does for a task: has its process call a function, and makes
/// the result from the answer.
template <class R>
class remote_task : public outgoing_call {
public:
  using outgoing_call::outgoing_call;

  R operator()() { return call({}); }

protected:
  R call(const std::stop_token& stop) {
    auto answer = run_remotely(*this, stop);
    wire::reader in{answer.bytes()};
    if constexpr (std::is_void_v<R>) {
      in.expect_end();
    } else {
      auto result = in.get<R>();
      in.expect_end();
      return result;
    }
  }
};

/// One whose function takes a token.
template <class R>
class stoppable_remote_task : public remote_task<R> {
public:
  using remote_task<R>::remote_task;

  R operator()(const std::stop_token& stop) { return this->call(stop); }
};

} // namespace mailroom::detail
