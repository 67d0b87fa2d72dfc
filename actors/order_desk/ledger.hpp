#pragma once

#include <map>
#include <string>

#include "actors/order_desk/order.hpp"
#include "mailroom/caf.hpp"

namespace mailroom {

/// Knows what customers have, and what became of each order. It may be told the same thing twice:
/// who hears no answer can ask again, and nothing is paid twice.
using ledger_actor = caf::typed_actor< //
  accepts<bool(charge_atom, order)>,   // takes the price, once; tells if it was there
  accepts<void(refund_atom, order)>,   // gives it back; a charge that comes later takes none
  accepts<std::int64_t(get_atom, std::string)>>; // tells what a customer has

struct ledger_state {
  std::map<std::string, std::int64_t> balances;
  std::map<std::uint64_t, bool> paid; // by the number of the order
  static inline const char* name = "ledger";
};

ledger_actor::behavior_type ledger(ledger_actor::stateful_pointer<ledger_state> self,
                                   std::map<std::string, std::int64_t> balances);

} // namespace mailroom
