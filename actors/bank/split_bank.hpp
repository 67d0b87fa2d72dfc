#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "actors/account/actor.hpp"
#include "actors/bank/shard.hpp"

namespace mailroom {

/// A bank that tells one account to withdraw and another one to deposit, and forgets it. Here to
/// lose: use `bank_actor`.
///
/// Owned by the actor: nothing. The balances are those of the accounts.
/// Goes wrong when somebody asks for the sum between the two messages: the money is in no account.
/// And if it was not there to withdraw, it is deposited all the same.
using split_bank_actor = caf::typed_actor<              //
  accepts<bool(transfer_atom, int, int, std::int64_t)>, // from, to: says yes in any case
  accepts<std::int64_t(get_atom)>,                      // tells what is in all accounts
  accepts<void(deposit_atom, int, std::int64_t)>>;      // to itself: the second message

struct split_bank_state {
  std::vector<account_actor> accounts;
  static inline const char* name = "split bank";
};

/// The behaviour of such a bank.
/// @param hesitation how long it thinks between the two messages.
split_bank_actor::behavior_type
split_bank(split_bank_actor::stateful_pointer<split_bank_state> self,
           std::vector<account_actor> accounts, std::chrono::nanoseconds hesitation);

} // namespace mailroom
