#include "actors/order_desk/card_terminal.hpp"

#include <stdexcept>

namespace mailroom {

card_terminal_actor::behavior_type
card_terminal(card_terminal_actor::stateful_pointer<card_terminal_state> self, ledger_actor books,
              int paper) {
  return {[=](charge_atom, const order& o) {
    if (self->state.slips == paper) {
      caf::anon_send(books, charge_atom_v, o); // it has been charged, but nobody hears of it
      throw std::runtime_error("the paper jams");
    }
    ++self->state.slips;
    return self->delegate(books, charge_atom_v, o);
  }};
}

} // namespace mailroom
