#pragma once

#include <chrono>
#include <set>

#include "actors/waiting_line.hpp"

namespace mailroom {

MAILROOM_ATOM(read);
MAILROOM_ATOM(write);

/// Lends something to many readers or to one writer, in order of arrival.
///
/// Owned by the actor: who has a lease, and who waits for one; what is lent is elsewhere. A lease
/// belongs to the actor that asked for it, and ends with `release`, or with that actor: it cannot
/// be left locked. An actor has one lease or waits for one; who asks for a second one would wait
/// for itself, and is refused. Fair: nobody overtakes, so that readers who come after a writer wait
/// for it, and those readers who wait next to each other go together. Not for threads: the client
/// of an `ask` ends with the answer, and so does its lease. Costs: three messages for each lease;
/// but who waits for one blocks no thread.
using readers_writers_actor = caf::typed_actor<       //
  accepts<bool(read_atom)>,                           // answers when the sender may read: true
  accepts<bool(read_atom, std::chrono::nanoseconds)>, // the same; false: not within that time
  accepts<bool(write_atom)>, // answers when only the sender may write: true
  accepts<bool(write_atom, std::chrono::nanoseconds)>, // the same; false: not within that time
  accepts<void(release_atom)>,                         // ends the lease; see below
  accepts<void(timeout_atom)>>;                        // to itself: somebody's time is up

struct readers_writers_state {
  explicit readers_writers_state(caf::local_actor* self) : clients(self), line(clients) {}

  enum class access { shared, exclusive };

  caf::result<bool> lend(access wanted,
                         std::chrono::nanoseconds limit = std::chrono::nanoseconds::max());
  caf::result<void> release();
  void forget(const caf::actor_addr& who);
  void answer_late();

  std::set<caf::actor_addr> holders; // many that read, or one that writes
  bool writing = false;
  client_list clients; // those that hold and those that wait
  waiting_line<bool, access> line;
  static inline const char* name = "readers and writers";

private:
  bool fits(access wanted) const;
  void enter(const caf::actor_addr& who, access wanted);
  void hand_over();
};

/// The behaviour of such an actor: `sys.spawn(readers_writers)`. Those hear
/// `caf::sec::invalid_argument` who ask for a second lease, or release what they do not have.
readers_writers_actor::behavior_type
readers_writers(readers_writers_actor::stateful_pointer<readers_writers_state> self);

} // namespace mailroom
