#pragma once

#include <chrono>
#include <utility>

#include "mailroom/caf.hpp"

namespace mailroom {

/// Sends an actor a message from itself when that time has passed; if it is 0, an ordinary message.
///
/// CAF's `delayed_send` goes by way of the clock even then, and what comes from the clock keeps no
/// order with what the actor sends itself. Called by the actor.
template <class Self, class... Content>
void send_after(Self* self, std::chrono::nanoseconds time, Content&&... content) {
  if (time.count() == 0)
    self->send(self, std::forward<Content>(content)...);
  else
    self->delayed_send(self, time, std::forward<Content>(content)...);
}

} // namespace mailroom
