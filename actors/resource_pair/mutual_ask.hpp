#pragma once

#include <chrono>

#include "actors/resource_pair/messages.hpp"
#include "actors/waiting_line.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

/// What a copy is for its partner.
using partner_actor = caf::typed_actor< //
  accepts<int(put_atom, int)>>;         // takes a revision if it is newer; answers the one it has

/// A copy that awaits its partner in the middle of a message. Here to lose.
///
/// Owned by each of the two actors: its own revision.
/// Goes wrong when one is told to save while the other one is told to sync: each awaits the other,
/// and who awaits handles nothing else. No lock is needed for a deadlock.
/// Costs: whoever asks waits for both copies and both their stores.
using awaiting_actor = partner_actor::extend< //
  accepts<void(partner_atom, partner_actor)>, // names the partner
  accepts<bool(save_atom, int)>,              // both; false: the partner did not answer in time
  accepts<bool(sync_atom)>,                   // both; false: the partner did not answer in time
  accepts<int(get_atom)>,                     // tells the revision
  accepts<void(done_atom)>>;                  // to itself, after it gave up

/// What a copy is kept on.
using store_actor = caf::typed_actor< //
  accepts<done_atom(put_atom, int)>,  // answers when the revision is stored
  accepts<void(timeout_atom)>>;       // to itself, when that is

struct store_state {
  explicit store_state(caf::local_actor* self) : clients(self), soon(clients) {}

  client_list clients;
  waiting_line<done_atom> soon; // stored: when their time is up
  static inline const char* name = "store";
};

/// The behaviour of a store that needs some time for each revision.
store_actor::behavior_type slow_store(store_actor::stateful_pointer<store_state> self,
                                      std::chrono::nanoseconds time);

/// How a copy does what it does.
struct awaiting_options {
  const char* name;                  ///< a literal
  std::chrono::nanoseconds patience; ///< how long it awaits its partner
  progress tell = untold;
};

struct awaiting_state {
  int revision = first_revision;
  partner_actor partner;
  bool gave_up = false; // and has not yet seen all that came while it waited
  static inline const char* name = "awaiting copy";
};

/// The behaviour of such a copy. It first stores a revision, then asks its partner.
///
/// It has to give up some time: CAF hands nothing to an actor that awaits, not even the message
/// that tells it to end. Then it refuses what its partner asked in the meantime, so that both
/// report an answer that never came exactly if each waited for the other.
awaiting_actor::behavior_type awaiting_copy(awaiting_actor::stateful_pointer<awaiting_state> self,
                                            store_actor store, awaiting_options options);

/// Two of them, called "local copy" and "cloud copy", each the other one's partner.
struct awaiting_pair {
  awaiting_actor local;
  awaiting_actor cloud;
};

/// Starts a pair, and a store for each.
/// @param hesitation how long a store needs.
awaiting_pair spawn_awaiting_pair(system& sys, std::chrono::nanoseconds hesitation,
                                  std::chrono::nanoseconds patience, const progress& tell = untold);

} // namespace mailroom
