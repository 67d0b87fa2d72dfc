#include "actors/order_desk/ledger.hpp"

namespace mailroom {

ledger_actor::behavior_type ledger(ledger_actor::stateful_pointer<ledger_state> self,
                                   std::map<std::string, std::int64_t> balances) {
  self->state.balances = std::move(balances);
  return {
    [self](charge_atom, const order& o) {
      auto& s = self->state;
      auto [known, first] = s.paid.try_emplace(o.number, false);
      if (auto& balance = s.balances[o.customer]; first && balance >= o.price) {
        balance -= o.price;
        known->second = true;
      }
      return known->second;
    },
    [self](refund_atom, const order& o) {
      auto& s = self->state;
      if (auto& paid = s.paid[o.number]; std::exchange(paid, false))
        s.balances[o.customer] += o.price;
    },
    [self](get_atom, const std::string& customer) { return self->state.balances[customer]; },
  };
}

} // namespace mailroom
