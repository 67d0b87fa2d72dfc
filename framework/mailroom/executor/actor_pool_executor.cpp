#include "mailroom/executor/actor_pool_executor.hpp"

#include <thread>
#include <utility>

#include "mailroom/executor/actor_pool.hpp"

namespace mailroom {

actor_pool_executor::actor_pool_executor(executor_options options)
  : actor_pool_executor(system::shared(), std::move(options)) {}

actor_pool_executor::actor_pool_executor(system& sys, executor_options options)
  : actor_pool_executor(nullptr, sys, std::move(options)) {}

actor_pool_executor::actor_pool_executor(std::shared_ptr<system> shared, executor_options options)
  : actor_pool_executor(shared, *shared, std::move(options)) {}

actor_pool_executor::actor_pool_executor(std::shared_ptr<system> shared, system& sys,
                                         executor_options options)
  : executor_base(std::make_shared<detail::actor_pool>(sys, std::move(options))),
    shared_(std::move(shared)), system_(sys) {}

actor_pool_executor::~actor_pool_executor() {
  auto finish = [core = core(), front = std::move(front_)] {
    core->shutdown({});
    detail::visit visit;
    if (front)
      caf::anon_send(front, done_atom_v); // after all answers
  };
  if (!core()->own_worker()) {
    finish();
    return;
  }
  // One of its own tasks destroys it. An actor cannot wait for itself to end, nor for its system,
  // so another thread does.
  shutdown({.wait = false});
  std::thread{[finish = std::move(finish), shared = std::move(shared_)]() mutable {
    finish();
    shared.reset();
  }}.detach();
}

caf::actor actor_pool_executor::actor() {
  std::lock_guard lock{mutex_};
  if (!front_)
    front_ = detail::spawn_front(system_, core());
  return front_;
}

} // namespace mailroom
