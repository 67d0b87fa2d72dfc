#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "actors/bank/shard.hpp"

namespace mailroom {

/// A bank whose accounts are spread over several actors, or have one each.
///
/// Owned by the actor: what is in transit, and who waits; the balances are those of the shards. A
/// transfer within a shard is one message. Across two shards it has two steps, withdrawing and
/// depositing; if there is no room, or nobody is there any more, the money is put back. Transfers
/// do not wait for each other. Who wants the sum sees none of them half done: it waits until no
/// money is in transit, and transfers that come later wait until it has its answer.
/// Goes wrong when the bank itself ends in the middle: what is in transit is lost.
/// Costs: four messages for a transfer, six across shards; and the sum is a stop for all.
/// Who wants the sum when a shard is gone gets its error. Accounts that do not exist are answered
/// with `caf::sec::invalid_argument`.
using bank_actor = caf::typed_actor<                    //
  accepts<bool(transfer_atom, int, int, std::int64_t)>, // from, to: tells if the money was moved
  accepts<std::int64_t(get_atom)>,                      // tells what is in all accounts
  accepts<void(deposit_atom, std::uint64_t)>>;          // to itself: the second step of a transfer

/// How such a bank does it.
struct bank_options {
  bank_terms terms;
  std::vector<shard_actor> shards;       ///< number i was spawned with `terms.of_shard(i, shards)`
  std::chrono::nanoseconds hesitation{}; ///< how long money is in transit
};

struct bank_state {
  explicit bank_state(bank_actor::pointer self) : self(self) {}

  struct job {
    transfer_order order;
    caf::typed_response_promise<bool> client;
  };

  void begin(job j);
  void deposit(std::uint64_t number);
  void end(std::uint64_t number, bool moved);
  void read_when_quiet();
  void answer_readers();
  const shard_actor& shard_of(int account) const;
  int number_of(int account) const;

  bank_actor::pointer self;
  bank_options options;
  std::map<std::uint64_t, job> under_way;
  std::uint64_t last = 0;
  std::vector<job> late;                                          // came while somebody reads
  std::vector<caf::typed_response_promise<std::int64_t>> readers; // want the sum
  std::size_t missing = 0;                                        // parts of the sum
  std::int64_t sum = 0;
  caf::error failure; // of a shard that should have told its part
  static inline const char* name = "bank";
};

/// The behaviour of such a bank.
bank_actor::behavior_type bank(bank_actor::stateful_pointer<bank_state> self, bank_options options);

} // namespace mailroom
