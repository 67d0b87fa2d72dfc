#pragma once

#include <optional>

#include "mailroom/caf.hpp"

namespace mailroom::explore {

/// Asks on behalf of a scenario, and keeps the reply.
class actor_visitor final : public caf::monitorable_actor {
public:
  explicit actor_visitor(caf::actor_config& config) : monitorable_actor(config) {}

  using abstract_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit*) override {
    reply = message->move_content_to_message();
  }

  std::optional<caf::message> reply;
};

} // namespace mailroom::explore
