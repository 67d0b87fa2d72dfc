#include "actors/order_desk/order_desk.hpp"

#include "mailroom/messaging/ask.hpp"

namespace mailroom {

using namespace std::chrono_literals;

order_desk::order_desk(order_desk_options options)
  : stock_(sys_, stock{std::move(options.pieces)}, {.name = "stock"}),
    ledger_(sys_.spawn(ledger, std::move(options.balances))),
    boss_(sys_, {.name = "desk", .log = std::move(options.log)}),
    terminal_(
      boss_.spawn({.name = "card terminal", .restarts = 100, .delay = {.first = 1ms, .most = 20ms}},
                  card_terminal, ledger_, options.paper)),
    clerks_(sys_,
            {.max_workers = options.clerks, .thread_name_prefix = "clerk", .max_queued = 100}) {}

future<outcome> order_desk::take(order o) {
  return clerks_.submit([this, o = std::move(o)] { return handle(o); });
}

outcome order_desk::handle(const order& o) {
  if (!stock_.ask([&](stock& s) { return s.take(o.item, o.pieces); }).get())
    return outcome::sold_out;
  auto result = outcome::failed;
  try {
    ask_options patiently{.timeout = 1s,
                          .retry = {.attempts = 10,
                                    .delay = {.first = 1ms},
                                    .worth_it = is_any_of<timeout_error, system_error>}};
    bool paid = ask<bool>(sys_, terminal_, patiently, charge_atom_v, o);
    result = paid ? outcome::sent : outcome::not_paid;
  } catch (const error&) { // it may be charged or not, or only later
    caf::anon_send(ledger_, refund_atom_v, o);
  }
  if (result != outcome::sent)
    stock_.tell([o](stock& s) { s.put_back(o.item, o.pieces); });
  return result;
}

std::map<std::string, int> order_desk::pieces() {
  return stock_.ask([](stock& s) { return s.pieces(); }).get();
}

std::int64_t order_desk::balance(const std::string& customer) {
  return ask<std::int64_t>(sys_, ledger_, 10s, get_atom_v, customer);
}

} // namespace mailroom
