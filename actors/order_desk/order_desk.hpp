#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "actors/order_desk/card_terminal.hpp"
#include "actors/order_desk/stock.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/messaging/supervisor.hpp"

namespace mailroom {

struct order_desk_options {
  std::map<std::string, int> pieces = {};            ///< on the shelves
  std::map<std::string, std::int64_t> balances = {}; ///< of the customers
  int clerks = 4;                                    ///< orders that are handled at a time
  int paper = 25; ///< slips that the terminal prints until it jams
  std::function<void(const supervision_event&)> log = {}; ///< as for a `supervisor`
};

/// Sells what there is to those who can pay for it: an agent, two actors, a supervisor and a pool.
///
/// Any thread may order. What is sold was there and is paid for, once, whatever fails meanwhile.
class order_desk {
public:
  explicit order_desk(order_desk_options options);

  /// Has an order handled. Waits for room if a hundred wait already.
  future<outcome> take(order o);

  /// Returns what is left on the shelves.
  std::map<std::string, int> pieces();

  /// Returns what a customer has.
  std::int64_t balance(const std::string& customer);

private:
  outcome handle(const order& o);

  mailroom::system sys_;
  agent<stock> stock_;
  ledger_actor ledger_;
  supervisor boss_;
  card_terminal_actor terminal_;
  actor_pool_executor clerks_;
};

} // namespace mailroom
