#include "mailroom/process/process_pool.hpp"

#include <csignal>
#include <stdexcept>
#include <utility>

#include "mailroom/processors.hpp"

namespace mailroom::detail {

namespace {

executor_options options_of(const process_pool_options& given) {
  executor_options o;
  o.max_workers = given.max_workers == 0 ? usable_processors() : given.max_workers;
  o.thread_name_prefix = given.name_prefix;
  o.finalizer = [] { this_attendant().let_go(); };
  o.max_queued = given.max_queued;
  o.overflow = given.overflow;
  o.ageing = given.ageing;
  o.idle_timeout = given.idle_timeout;
  o.on_failure = given.on_failure;
  o.measure_times = given.measure_times;
  return o;
}

process_pool_options checked(process_pool_options o) {
  if (o.max_tasks_per_child < 0)
    throw std::invalid_argument("max_tasks_per_child must be >= 1");
  if (o.most_attempts < 1)
    throw std::invalid_argument("most_attempts must be >= 1");
  for (auto time : {o.start_timeout, o.unresponsive_after, o.grace})
    if (time.count() <= 0)
      throw std::invalid_argument("times must be greater than 0");
  return o;
}

} // namespace

process_pool::process_pool(process_pool_options settings, std::unique_ptr<workplace> place)
  : thread_pool(options_of(settings), "process_pool", true),
    settings_(checked(std::move(settings))), place_(std::move(place)) {}

std::unique_ptr<worker> process_pool::make_worker(unsigned number, std::string name) {
  return std::make_unique<attendant>(*this, number, std::move(name));
}

void process_pool::perform(worker& w, job& j) {
  j.run(w);
  static_cast<attendant&>(w).end_ahead();
}

job_list process_pool::take_calls(std::size_t most) {
  return take_more(most, [](job& j) { return j.outgoing() != nullptr; });
}

std::exception_ptr process_pool::brokenness(const std::string& why) const {
  return std::make_exception_ptr(broken_process_pool(why));
}

std::vector<int> process_pool::processes() const {
  std::vector<int> all;
  for (unsigned i = 1; i <= max_workers(); ++i)
    if (auto* w = static_cast<attendant*>(worker_at(i)))
      if (auto p = w->process(); p != 0)
        all.push_back(p);
  return all;
}

void process_pool::signal_all(int signal) noexcept {
  for (unsigned i = 1; i <= max_workers(); ++i)
    if (auto* w = static_cast<attendant*>(worker_at(i)))
      w->kill(signal);
}

void process_pool::force_down(int signal) {
  break_down(options().thread_name_prefix + " was forcefully shut down");
  signal_all(signal);
  broke_.notify_all();
}

void process_pool::collapse(const std::string& why) {
  break_down(why);
  signal_all(SIGTERM);
  broke_.notify_all();
}

void process_pool::pause_before_another_try(std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  broke_.wait_for(lock, time, [this] { return broken(); });
}

} // namespace mailroom::detail
