#include "mailroom/executor/thread_pool_executor.hpp"

#include <stdexcept>
#include <utility>

#include "mailroom/executor/thread_pool.hpp"

namespace mailroom {

namespace {

executor_options checked(executor_options options) {
  if (options.workers != worker_kind::own_threads)
    throw std::invalid_argument("the workers of a thread pool have their own threads");
  return options;
}

} // namespace

thread_pool_executor::thread_pool_executor(executor_options options)
  : executor_base(
    std::make_shared<detail::thread_pool>(checked(std::move(options)), "thread_pool")) {}

} // namespace mailroom
