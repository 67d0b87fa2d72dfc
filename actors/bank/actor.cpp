#include "actors/bank/actor.hpp"

#include <utility>

namespace mailroom {

const shard_actor& bank_state::shard_of(int account) const {
  return options.shards[static_cast<std::size_t>(account) % options.shards.size()];
}

int bank_state::number_of(int account) const {
  return account / static_cast<int>(options.shards.size());
}

void bank_state::begin(job j) {
  auto number = ++last;
  auto [from, to, amount] = j.order;
  under_way.emplace(number, std::move(j));
  auto fail = [this, number](caf::error&) { end(number, false); };
  if (shard_of(from) == shard_of(to)) {
    self
      ->request(shard_of(from), caf::infinite, transfer_atom_v, number_of(from), number_of(to),
                amount)
      .then([this, number](bool moved) { end(number, moved); }, fail);
    return;
  }
  auto go_on = [this, number](bool there) {
    if (!there)
      end(number, false);
    else if (options.hesitation.count() == 0)
      deposit(number);
    else
      self->delayed_send(self, options.hesitation, deposit_atom_v, number);
  };
  self->request(shard_of(from), caf::infinite, withdraw_atom_v, number_of(from), amount)
    .then(go_on, fail);
}

void bank_state::deposit(std::uint64_t number) {
  auto [from, to, amount] = under_way.at(number).order;
  auto put_back = [this, number, from = from, amount = amount] {
    self->send(shard_of(from), put_atom_v, number_of(from), amount);
    end(number, false); // who asks that shard from now on asks after this
  };
  self->request(shard_of(to), caf::infinite, deposit_atom_v, number_of(to), amount)
    .then(
      [this, number, put_back](bool taken) {
        if (taken)
          end(number, true);
        else
          put_back();
      },
      [put_back](caf::error&) { put_back(); });
}

void bank_state::end(std::uint64_t number, bool moved) {
  auto done = under_way.extract(number);
  done.mapped().client.deliver(moved);
  read_when_quiet();
}

void bank_state::read_when_quiet() {
  if (readers.empty() || !under_way.empty() || missing > 0)
    return;
  sum = 0;
  failure = {};
  missing = options.shards.size();
  auto answered = [this] {
    if (--missing == 0)
      answer_readers();
  };
  for (auto& shard : options.shards)
    self->request(shard, caf::infinite, get_atom_v)
      .then(
        [this, answered](std::int64_t part) {
          sum += part;
          answered();
        },
        [this, answered](caf::error& reason) {
          failure = std::move(reason);
          answered();
        });
}

void bank_state::answer_readers() {
  for (auto& r : std::exchange(readers, {}))
    if (failure)
      r.deliver(failure);
    else
      r.deliver(sum);
  for (auto& j : std::exchange(late, {}))
    begin(std::move(j));
}

bank_actor::behavior_type bank(bank_actor::stateful_pointer<bank_state> self,
                               bank_options options) {
  auto& state = self->state;
  state.options = std::move(options);
  return {
    [self, &state](transfer_atom, int from, int to, std::int64_t amount) -> caf::result<bool> {
      transfer_order order{from, to, amount};
      if (!order.fits(state.options.terms.accounts))
        return caf::sec::invalid_argument;
      bank_state::job job{order, self->make_response_promise<bool>()};
      auto answer = job.client;
      if (state.readers.empty())
        state.begin(std::move(job));
      else
        state.late.push_back(std::move(job));
      return answer;
    },
    [self, &state](get_atom) -> caf::result<std::int64_t> {
      auto answer = state.readers.emplace_back(self->make_response_promise<std::int64_t>());
      state.read_when_quiet();
      return answer;
    },
    [&state](deposit_atom, std::uint64_t number) { state.deposit(number); },
  };
}

} // namespace mailroom
