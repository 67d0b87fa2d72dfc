#pragma once

#include <cstdint>
#include <stdexcept>

namespace mailroom {

/// Money that shall go from one account to another one. Accounts have numbers from 0.
struct transfer_order {
  int from;
  int to;
  std::int64_t amount;

  /// Returns whether it can be carried out in a bank with that many accounts, if the money is there
  /// and there is room for it.
  bool fits(int accounts) const {
    return from >= 0 && to >= 0 && from < accounts && to < accounts && from != to && amount >= 0;
  }
};

/// What is the same for all banks.
struct bank_terms {
  int accounts = 2;
  std::int64_t initial = 0; ///< in each account
  std::int64_t most = 0;    ///< that an account takes

  /// Returns the terms of one of `shards` parts, over which the accounts are dealt like cards.
  bank_terms of_shard(int shard, int shards) const {
    return {(accounts - shard + shards - 1) / shards, initial, most};
  }

  /// Throws `std::invalid_argument` unless `o` fits.
  void check(const transfer_order& o) const {
    if (!o.fits(accounts))
      throw std::invalid_argument("a transfer goes from one account of the bank to another one");
  }
};

} // namespace mailroom
