#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "actors/waiting_line.hpp"

MAILROOM_LOCAL_MESSAGE(std::optional<int>)

namespace mailroom {

MAILROOM_ATOM(close);
MAILROOM_ATOM(size);

/// A buffer with room for so many: who puts is answered when there is room, who gets when there is
/// an item.
///
/// Owned by the actor: the items, and who waits, first come first served on both sides. A client
/// that ends while it waits is forgotten, and the item goes to the next. One that ends at the very
/// moment it is answered takes the item with it, and so does one that gives up a request by itself:
/// send the limit along instead. A limit of 0 or less: now or not at all.
/// Costs: two messages for each item and side. Only those who wait for the answer are slowed down:
/// what is sent without asking waits in the line, without bounds; what is sent without a name
/// (`anon_send`) and finds no room is lost.
using bounded_buffer_actor = caf::typed_actor<            //
  accepts<bool(put_atom, int)>,                           // answers when it is in; false: closed
  accepts<bool(put_atom, int, std::chrono::nanoseconds)>, // false, too, if not in within that time
  accepts<std::optional<int>(get_atom)>,                  // the next; nothing: closed and empty
  accepts<std::optional<int>(get_atom, std::chrono::nanoseconds)>, // nothing, too, when time is up
  accepts<void(close_atom)>,    // takes no more items, answers who waits in vain
  accepts<int(size_atom)>,      // tells how many items are in it
  accepts<void(timeout_atom)>>; // to itself: somebody's time is up

struct bounded_buffer_state {
  explicit bounded_buffer_state(caf::local_actor* self)
    : clients(self), producers(clients), consumers(clients) {}

  caf::result<bool> put(int item, std::chrono::nanoseconds limit = std::chrono::nanoseconds::max());
  caf::result<std::optional<int>>
  get(std::chrono::nanoseconds limit = std::chrono::nanoseconds::max());
  void close();
  void answer_late();
  void forget(const caf::actor_addr& who);

  std::size_t capacity = 1;
  bool closed = false;
  std::deque<int> items;
  client_list clients;
  waiting_line<bool, int> producers;          // each with its item; only while there is no room
  waiting_line<std::optional<int>> consumers; // only while there is no item
  static inline const char* name = "bounded buffer";
};

/// The behaviour of a buffer: `sys.spawn(bounded_buffer, 10)`. Ends at once with
/// `caf::sec::invalid_argument` if there is no room for 1.
bounded_buffer_actor::behavior_type
bounded_buffer(bounded_buffer_actor::stateful_pointer<bounded_buffer_state> self, int capacity);

} // namespace mailroom
