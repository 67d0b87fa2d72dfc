#include "mailroom/explore/actor_scheduler.hpp"

#include <iterator>

namespace mailroom::explore {

namespace {

/// Stands where CAF has an actor that writes to the console.
class silent_printer final : public caf::monitorable_actor {
public:
  explicit silent_printer(caf::actor_config& config) : monitorable_actor(config) {}
  using abstract_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
};

} // namespace

std::size_t actor_alarms::due_next() const {
  return schedule_.empty() ? 0 : schedule_.count(schedule_.begin()->first);
}

void actor_alarms::go_off(std::size_t which) {
  auto chosen = std::next(schedule_.begin(), static_cast<std::ptrdiff_t>(which));
  auto alarm = std::move(chosen->second);
  if (chosen->first > current_time)
    current_time = chosen->first;
  schedule_.erase(chosen);
  if (alarm->backlink != actor_lookup_.end())
    actor_lookup_.erase(alarm->backlink);
  ship(*alarm);
}

caf::actor_system::module* actor_scheduler::make(caf::actor_system& sys, caf::detail::type_list<>) {
  return new actor_scheduler(sys); // CAF's system owns it
}

void actor_scheduler::start() {
  caf::actor_config config;
  auto& sys = system();
  utility_actors_[printer_id] =
    caf::make_actor<silent_printer, caf::actor>(sys.next_actor_id(), sys.node(), &sys, config);
}

} // namespace mailroom::explore
