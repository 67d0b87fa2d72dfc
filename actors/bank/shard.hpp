#pragma once

#include <cstdint>
#include <vector>

#include "actors/account/actor.hpp"
#include "actors/bank/bank.hpp"

namespace mailroom {

MAILROOM_ATOM(transfer);

/// Some accounts of a bank, or a single one, with one owner.
///
/// Owned by the actor: their balances. What happens between two of them is one message. Of money
/// that comes from another shard or goes there, it knows its own half only: see `bank_actor`.
/// Numbers of accounts are those within the shard; one that does not exist is answered with
/// `caf::sec::invalid_argument`.
using shard_actor = caf::typed_actor<                   //
  accepts<bool(transfer_atom, int, int, std::int64_t)>, // from, to: moves money, or tells it did
                                                        // not
  accepts<bool(withdraw_atom, int, std::int64_t)>, // takes money if it is there; tells if it was
  accepts<bool(deposit_atom, int, std::int64_t)>, // adds money if there is room; tells if there was
  accepts<void(put_atom, int, std::int64_t)>,     // puts back what was withdrawn, in any case
  accepts<std::int64_t(get_atom)>>;               // tells what is in all of them

struct shard_state {
  std::vector<std::int64_t> balances;
  static inline const char* name = "shard";
};

/// The behaviour of a shard. Of `terms`, the number of accounts is that of the shard.
shard_actor::behavior_type shard(shard_actor::stateful_pointer<shard_state> self, bank_terms terms);

} // namespace mailroom
