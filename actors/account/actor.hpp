#pragma once

#include <cstdint>

#include "mailroom/caf.hpp"

namespace mailroom {

MAILROOM_ATOM(withdraw);
MAILROOM_ATOM(deposit);

/// An account that decides for itself: the message says what shall happen, not how to compute it.
///
/// Owned by the actor: the balance. It handles one message at a time, so nobody gets in between
/// looking and taking.
/// Costs: a message there and one back. Amounts are not checked for their sign.
using account_actor = caf::typed_actor<       //
  accepts<bool(withdraw_atom, std::int64_t)>, // takes the amount if it is there; tells if it was
  accepts<void(deposit_atom, std::int64_t)>,  // adds the amount
  accepts<std::int64_t(get_atom)>>;           // tells the balance

struct account_state {
  std::int64_t balance = 0;
  static inline const char* name = "account";
};

/// The behaviour of an account: `sys.spawn(account, 100)`.
account_actor::behavior_type account(account_actor::stateful_pointer<account_state> self,
                                     std::int64_t balance);

} // namespace mailroom
