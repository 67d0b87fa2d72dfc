#include "actors/bounded_buffer/actor.hpp"

namespace mailroom {

// Nobody waits for room unless the buffer is full, nor for an item unless it is empty.

caf::result<bool> bounded_buffer_state::put(int item, std::chrono::nanoseconds limit) {
  if (closed)
    return false;
  if (!consumers.empty()) {
    consumers.answer_first(item);
    return true;
  }
  if (items.size() < capacity) {
    items.push_back(item);
    return true;
  }
  return producers.join(item, limit);
}

caf::result<std::optional<int>> bounded_buffer_state::get(std::chrono::nanoseconds limit) {
  if (!items.empty()) {
    std::optional item = items.front();
    items.pop_front();
    if (!producers.empty()) {
      items.push_back(producers.first().wish);
      producers.answer_first(true);
    }
    return item;
  }
  if (closed)
    return std::optional<int>{};
  return consumers.join({}, limit);
}

void bounded_buffer_state::close() {
  closed = true;
  producers.answer_all(false);
  consumers.answer_all(std::nullopt);
}

void bounded_buffer_state::answer_late() {
  producers.answer_late();
  consumers.answer_late();
}

void bounded_buffer_state::forget(const caf::actor_addr& who) {
  producers.forget(who);
  consumers.forget(who);
}

bounded_buffer_actor::behavior_type
bounded_buffer(bounded_buffer_actor::stateful_pointer<bounded_buffer_state> self, int capacity) {
  using std::chrono::nanoseconds;
  if (capacity < 1)
    self->quit(caf::sec::invalid_argument);
  auto& state = self->state;
  state.capacity = static_cast<std::size_t>(capacity);
  self->set_down_handler([self](caf::down_msg& gone) { self->state.forget(gone.source); });
  return {
    [&state](put_atom, int item) { return state.put(item); },
    [&state](put_atom, int item, nanoseconds limit) { return state.put(item, limit); },
    [&state](get_atom) { return state.get(); },
    [&state](get_atom, nanoseconds limit) { return state.get(limit); },
    [&state](close_atom) { state.close(); },
    [&state](size_atom) { return static_cast<int>(state.items.size()); },
    [&state](timeout_atom) { state.answer_late(); },
  };
}

} // namespace mailroom
