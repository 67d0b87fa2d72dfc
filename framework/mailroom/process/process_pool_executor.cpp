#include "mailroom/process/process_pool_executor.hpp"

#include <csignal>
#include <utility>

#include "mailroom/process/process_pool.hpp"

namespace mailroom {

namespace {

std::unique_ptr<detail::workplace> checked(std::unique_ptr<detail::workplace> place) {
  if (!detail::can_have_workers())
    throw broken_process_pool("no process can become a worker: main has to begin with "
                              "mailroom::serve_if_worker()");
  return place;
}

detail::process_pool& pool(const std::shared_ptr<detail::executor_core>& core) {
  return static_cast<detail::process_pool&>(*core);
}

} // namespace

process_pool_executor::process_pool_executor(process_pool_options options)
  : process_pool_executor(std::move(options), checked(detail::this_machine())) {}

process_pool_executor::process_pool_executor(process_pool_options options,
                                             std::unique_ptr<detail::workplace> place)
  : executor_control(std::make_shared<detail::process_pool>(std::move(options), std::move(place))) {
}

std::vector<int> process_pool_executor::processes() const {
  return pool(core()).processes();
}

void process_pool_executor::terminate_workers() {
  pool(core()).force_down(SIGTERM);
}

void process_pool_executor::kill_workers() {
  pool(core()).force_down(SIGKILL);
}

} // namespace mailroom
