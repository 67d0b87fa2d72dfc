#include "actors/account/actor.hpp"

namespace mailroom {

account_actor::behavior_type account(account_actor::stateful_pointer<account_state> self,
                                     std::int64_t balance) {
  self->state.balance = balance;
  return {
    [self](withdraw_atom, std::int64_t amount) {
      if (self->state.balance < amount)
        return false;
      self->state.balance -= amount;
      return true;
    },
    [self](deposit_atom, std::int64_t amount) { self->state.balance += amount; },
    [self](get_atom) { return self->state.balance; },
  };
}

} // namespace mailroom
