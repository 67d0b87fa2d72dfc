#include "actors/bank/shard.hpp"

#include <cstddef>
#include <numeric>

namespace mailroom {

shard_actor::behavior_type shard(shard_actor::stateful_pointer<shard_state> self,
                                 bank_terms terms) {
  auto& balances = self->state.balances;
  balances.assign(static_cast<std::size_t>(terms.accounts), terms.initial);
  auto at = [&balances](int account) -> std::int64_t& {
    return balances[static_cast<std::size_t>(account)];
  };
  auto knows = [terms](int account) { return account >= 0 && account < terms.accounts; };
  auto has = [at](int account, std::int64_t amount) { return at(account) >= amount; };
  auto takes = [at, terms](int account, std::int64_t amount) {
    return at(account) + amount <= terms.most;
  };
  return {
    [=](transfer_atom, int from, int to, std::int64_t amount) -> caf::result<bool> {
      if (!transfer_order{from, to, amount}.fits(terms.accounts))
        return caf::sec::invalid_argument;
      if (!has(from, amount) || !takes(to, amount))
        return false;
      at(from) -= amount;
      at(to) += amount;
      return true;
    },
    [=](withdraw_atom, int from, std::int64_t amount) -> caf::result<bool> {
      if (!knows(from))
        return caf::sec::invalid_argument;
      if (!has(from, amount))
        return false;
      at(from) -= amount;
      return true;
    },
    [=](deposit_atom, int to, std::int64_t amount) -> caf::result<bool> {
      if (!knows(to))
        return caf::sec::invalid_argument;
      if (!takes(to, amount))
        return false;
      at(to) += amount;
      return true;
    },
    [=](put_atom, int to, std::int64_t amount) -> caf::result<void> {
      if (!knows(to))
        return caf::sec::invalid_argument;
      at(to) += amount;
      return caf::unit;
    },
    [&balances](get_atom) {
      return std::accumulate(balances.begin(), balances.end(), std::int64_t{0});
    },
  };
}

} // namespace mailroom
