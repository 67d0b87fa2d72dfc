#pragma once

// 2: looking and acting under one lock, and the caller needs to know what came of it.

#include <mutex>

#include "mailroom/messaging/agent.hpp"

namespace mailroom::benches::idioms {

namespace with_locks {

class account {
public:
  explicit account(long balance) : balance_(balance) {}

  bool withdraw(long amount) {
    std::lock_guard lock{mutex_};
    if (balance_ < amount)
      return false;
    balance_ -= amount;
    return true;
  }

  long balance() {
    std::lock_guard lock{mutex_};
    return balance_;
  }

private:
  std::mutex mutex_;
  long balance_; // guarded by mutex_
};

} // namespace with_locks

namespace with_actors {

class account {
public:
  explicit account(long balance) : balance_(balance) {}

  bool withdraw(long amount) {
    auto take = [amount](long& balance) {
      if (balance < amount)
        return false;
      balance -= amount;
      return true;
    };
    return balance_.ask(take).get();
  }

  long balance() { return balance_.snapshot(); }

private:
  agent<long> balance_;
};

} // namespace with_actors

} // namespace mailroom::benches::idioms
