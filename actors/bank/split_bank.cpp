#include "actors/bank/split_bank.hpp"

#include <cstddef>
#include <memory>
#include <utility>

#include "mailroom/messaging/send_after.hpp"

namespace mailroom {

split_bank_actor::behavior_type
split_bank(split_bank_actor::stateful_pointer<split_bank_state> self,
           std::vector<account_actor> accounts, std::chrono::nanoseconds hesitation) {
  auto& state = self->state;
  state.accounts = std::move(accounts);
  return {
    [=, &state](transfer_atom, int from, int to, std::int64_t amount) -> caf::result<bool> {
      if (!transfer_order{from, to, amount}.fits(static_cast<int>(state.accounts.size())))
        return caf::sec::invalid_argument;
      caf::anon_send(state.accounts[static_cast<std::size_t>(from)], withdraw_atom_v, amount);
      send_after(self, hesitation, deposit_atom_v, to, amount);
      return true;
    },
    [self, &state](get_atom) {
      struct pieces {
        std::size_t missing;
        std::int64_t sum;
      };
      auto answer = self->make_response_promise<std::int64_t>();
      auto all = std::make_shared<pieces>(pieces{state.accounts.size(), 0});
      for (auto& account : state.accounts)
        self->request(account, caf::infinite, get_atom_v).then([=](std::int64_t part) mutable {
          all->sum += part;
          if (--all->missing == 0)
            answer.deliver(all->sum);
        });
      return answer;
    },
    [&state](deposit_atom, int to, std::int64_t amount) {
      caf::anon_send(state.accounts[static_cast<std::size_t>(to)], deposit_atom_v, amount);
    },
  };
}

} // namespace mailroom
