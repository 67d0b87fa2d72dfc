#pragma once

#include <chrono>
#include <cstdint>
#include <map>

#include "actors/arbiter/resources.hpp"
#include "actors/waiting_line.hpp"

namespace mailroom {

/// Names what an arbiter has lent.
using lease_id = std::uint64_t;

/// What is answered when time is up.
inline constexpr lease_id no_lease = 0;

/// Lends several of its resources at once: all that are wanted, or none yet.
///
/// Owned by the actor: which are taken by whom, and who waits, in order of arrival. Nobody is
/// overtaken by a later one that wants any of the same, so nobody starves; who wants others does
/// not wait in between. A lease ends when it is released, or with the actor that has it: unlike a
/// mutex it cannot be left locked. A client that ends while it waits is forgotten. Who has a lease
/// should not wait for another one: that is the deadlock this is made against. Who gives up a
/// request by itself has the lease all the same: send the limit along instead.
/// Costs: three messages for each lease.
/// For actors: `mailroom::ask` asks for an actor that ends with the answer, and so does the lease.
/// Resources have numbers from 0. If none are wanted, or one that does not exist, the answer is
/// `caf::sec::invalid_argument`.
using arbiter_actor = caf::typed_actor<                                 //
  accepts<lease_id(acquire_atom, resources)>,                           // answers when it has all
  accepts<lease_id(acquire_atom, resources, std::chrono::nanoseconds)>, // or `no_lease`, then
  accepts<void(release_atom, lease_id)>, // ends a lease; ignored if it is not the sender's
  accepts<int(get_atom)>,                // tells how many resources are free
  accepts<void(timeout_atom)>>;          // to itself: somebody's time is up

struct arbiter_state {
  explicit arbiter_state(caf::local_actor* self) : clients(self), line(clients) {}

  struct lease {
    caf::actor_addr holder;
    resources what;
  };

  caf::result<lease_id> acquire(const resources& wanted,
                                std::chrono::nanoseconds limit = std::chrono::nanoseconds::max());
  void release(lease_id number);
  void answer_late();
  void forget(const caf::actor_addr& who);
  lease_id lend(const caf::actor_addr& who, const resources& what);
  void grant();

  resource_marks taken{0};
  std::map<lease_id, lease> leases;
  lease_id last = no_lease;
  client_list clients;
  waiting_line<lease_id, resources> line;
  static inline const char* name = "arbiter";

private:
  std::map<lease_id, lease>::iterator end_lease(std::map<lease_id, lease>::iterator at);
};

/// The behaviour of an arbiter: `sys.spawn(arbiter, 5)`. Ends at once with
/// `caf::sec::invalid_argument` if there is less than one resource.
arbiter_actor::behavior_type arbiter(arbiter_actor::stateful_pointer<arbiter_state> self,
                                     int count);

} // namespace mailroom
