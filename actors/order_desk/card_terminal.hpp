#pragma once

#include "actors/order_desk/ledger.hpp"

namespace mailroom {

/// Charges customers through a ledger, and prints a slip for each; until its paper jams, and it
/// throws.
using card_terminal_actor = caf::typed_actor<accepts<bool(charge_atom, order)>>;

struct card_terminal_state {
  int slips = 0;
  static inline const char* name = "card terminal";
};

/// @param paper how many slips there are before it jams.
card_terminal_actor::behavior_type
card_terminal(card_terminal_actor::stateful_pointer<card_terminal_state> self, ledger_actor books,
              int paper);

} // namespace mailroom
