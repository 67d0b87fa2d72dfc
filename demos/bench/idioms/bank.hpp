#pragma once

// 3: two mutexes at once.

#include <cstddef>
#include <mutex>
#include <vector>

#include "mailroom/messaging/transact.hpp"

namespace mailroom::benches::idioms {

namespace with_locks {

class bank {
public:
  bank(std::size_t accounts, long each) : accounts_(accounts) {
    for (auto& a : accounts_)
      a.balance = each;
  }

  /// Between two different accounts.
  bool transfer(std::size_t from, std::size_t to, long amount) {
    auto& a = accounts_[from];
    auto& b = accounts_[to];
    std::scoped_lock lock{a.mutex, b.mutex};
    if (a.balance < amount)
      return false;
    a.balance -= amount;
    b.balance += amount;
    return true;
  }

  /// Returns what all have together. When nobody transfers.
  long total() {
    long sum = 0;
    for (auto& a : accounts_)
      sum += a.balance;
    return sum;
  }

private:
  struct account {
    std::mutex mutex;
    long balance = 0; // guarded by mutex
  };

  std::vector<account> accounts_;
};

} // namespace with_locks

namespace with_actors {

class bank {
public:
  bank(std::size_t accounts, long each) {
    for (std::size_t i = 0; i < accounts; ++i)
      accounts_.emplace_back(each);
  }

  /// Between two different accounts.
  bool transfer(std::size_t from, std::size_t to, long amount) {
    auto move = [amount](long& a, long& b) {
      if (a < amount)
        return false;
      a -= amount;
      b += amount;
      return true;
    };
    return transact(accounts_[from], accounts_[to], move).get();
  }

  /// Returns what all have together. When nobody transfers.
  long total() {
    long sum = 0;
    for (auto& a : accounts_)
      sum += a.snapshot();
    return sum;
  }

private:
  std::vector<agent<long>> accounts_;
};

} // namespace with_actors

} // namespace mailroom::benches::idioms
