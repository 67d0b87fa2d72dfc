#pragma once

#include <utility>

#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/executor/thread_pool_executor.hpp"

namespace mailroom::test {

/// An actor pool whose workers share the threads of the actor system.
class cooperative_pool : public actor_pool_executor {
public:
  explicit cooperative_pool(executor_options options = {})
    : actor_pool_executor(cooperative(std::move(options))) {}

private:
  static executor_options cooperative(executor_options options) {
    options.workers = worker_kind::cooperative;
    return options;
  }
};

} // namespace mailroom::test

/// The executors that have to fulfil the contract. Their tasks may block.
#define MAILROOM_EXECUTORS mailroom::thread_pool_executor, mailroom::actor_pool_executor

/// Those, and the one whose tasks must not block.
#define MAILROOM_ALL_EXECUTORS MAILROOM_EXECUTORS, mailroom::test::cooperative_pool
