#include "mailroom/messaging/supervisor.hpp"

#include <cstdio>
#include <stdexcept>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "mailroom/error.hpp"
#include "mailroom/messaging/supervisor_actor.hpp"

namespace mailroom {

namespace {

using detail::supervisor_actor;

/// The duration in the largest unit that needs no fraction.
std::string in_words(std::chrono::nanoseconds d) {
  using namespace std::chrono;
  if (d % seconds{1} == d.zero())
    return fmt::format("{}", duration_cast<seconds>(d));
  if (d % milliseconds{1} == d.zero())
    return fmt::format("{}", duration_cast<milliseconds>(d));
  return fmt::format("{}", duration_cast<microseconds>(d));
}

void print(const supervision_event& e) {
  auto line = "mailroom: " + to_string(e) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

supervisor_options checked(supervisor_options options) {
  if (options.patience < options.patience.zero())
    throw std::invalid_argument("the patience of a supervisor cannot be negative");
  if (!options.log)
    options.log = print;
  return options;
}

child_options checked(child_options options) {
  if (options.restarts < 0)
    throw std::invalid_argument("a child cannot have less than no restarts");
  if (options.within < options.within.zero())
    throw std::invalid_argument("the time of a restart budget cannot be negative");
  if (options.when_spent == directive::restart)
    throw std::invalid_argument("a child whose restarts are spent cannot be restarted");
  options.delay.check();
  return options;
}

/// A supervisor as a child of another one.
class supervisor_child final : public detail::child {
public:
  explicit supervisor_child(caf::actor supervisor) : supervisor_(std::move(supervisor)) {}

  void report_to(detail::child_report to) override {
    command([to = std::move(to)](supervisor_actor& s) { s.report_to(to); });
  }

  void start() override {
    if (std::exchange(started_, true)) // else its children start by themselves
      command([](supervisor_actor& s) { s.restart_all(); });
  }
  void halt() noexcept override {
    command([](supervisor_actor& s) { s.halt_all(); });
  }
  void end() noexcept override {
    command([](supervisor_actor& s) { s.stop(); });
  }

private:
  void command(supervisor_actor::command what) { caf::anon_send(supervisor_, std::move(what)); }

  caf::actor supervisor_;
  bool started_ = false;
};

} // namespace

std::string to_string(const supervision_event& e) {
  using kind = supervision_event::kind;
  auto because = e.reason.empty() ? "" : ": " + e.reason;
  auto number = e.failures > 0 ? fmt::format(" after failure {}", e.failures) : "";
  switch (e.what) {
    case kind::restarts:
      return fmt::format("{} restarts {} in {}{}{}", e.supervisor, e.child, in_words(e.delay),
                         number, because);
    case kind::stops: return fmt::format("{} stops {}{}{}", e.supervisor, e.child, number, because);
    case kind::escalates:
      return fmt::format("{} gives up because of {}{}{}", e.supervisor, e.child, number, because);
    case kind::ends: return fmt::format("{}: {} has ended", e.supervisor, e.child);
    case kind::waits:
      return fmt::format("{}: {} does not finish its message", e.supervisor, e.child);
  }
  return {};
}

supervisor::supervisor(supervisor_options options)
  : supervisor(system::shared(), std::move(options)) {}

supervisor::supervisor(std::shared_ptr<system> own, supervisor_options options)
  : supervisor(*own, std::move(options)) {
  own_system_ = std::move(own);
}

supervisor::supervisor(system& sys, supervisor_options options)
  : sys_(sys), shared_(std::make_shared<detail::supervision>()) {
  auto with = checked(std::move(options));
  patience_ = with.patience;
  shared_->end.set_running_or_notify_cancel(); // nobody can cancel it
  detail::visit visit;
  auto& caf = sys_.caf();
  actor_ = sys_.by_hand() ? caf.spawn<supervisor_actor>(shared_, std::move(with))
                          : caf.spawn<supervisor_actor, caf::detached>(shared_, std::move(with));
}

supervisor::supervisor(supervisor& parent, child_options as_child, supervisor_options options)
  : supervisor(parent.sys_, std::move(options)) {
  parent.add(std::move(as_child), std::make_unique<supervisor_child>(actor_));
}

supervisor::~supervisor() {
  if (shared_->thread != std::this_thread::get_id())
    stop();
  std::map<detail::supervision::id, std::unique_ptr<detail::child>> children;
  std::lock_guard lock{shared_->mutex};
  children.swap(shared_->children);
}

void supervisor::add(child_options options, std::unique_ptr<detail::child> child) {
  auto with = checked(std::move(options));
  detail::visit visit;
  std::lock_guard lock{shared_->mutex};
  if (shared_->closed)
    throw shutdown_error("the supervisor takes no more children");
  auto number = ++shared_->last;
  auto& c = *child;
  c.report_to({actor_, number});
  shared_->statuses.emplace(number, child_status{with.name});
  shared_->children.emplace(number, std::move(child));
  caf::anon_send(
    actor_, supervisor_actor::command{[=, &c](supervisor_actor& s) { s.add(number, c, with); }});
}

caf::strong_actor_ptr supervisor::add_actor(child_options options,
                                            detail::supervised_place::starter start) {
  detail::visit visit;
  auto child =
    std::make_unique<detail::actor_child>(sys_.caf(), std::move(start), options.own_thread);
  auto address = child->address();
  add(std::move(options), std::move(child));
  return address;
}

std::vector<child_status> supervisor::children() const {
  std::lock_guard lock{shared_->mutex};
  std::vector<child_status> result;
  for (auto& [number, status] : shared_->statuses)
    result.push_back(status);
  return result;
}

void supervisor::stop() {
  if (shared_->thread == std::this_thread::get_id())
    throw would_deadlock("a supervisor cannot wait for its own end");
  detail::visit visit;
  caf::anon_send(actor_, supervisor_actor::command{[](supervisor_actor& s) { s.stop(); }});
  auto end = ended();
  if (sys_.by_hand()) {
    sys_.run_all();
    if (!end.done())
      sys_.advance(patience_);
  }
  end.exception(); // waits
}

future<void> supervisor::ended() const {
  return shared_->end.get_future();
}

} // namespace mailroom
