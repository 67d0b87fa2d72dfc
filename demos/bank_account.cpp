// A3: 100 in the account, two customers want 75 each. Exactly one can have it.

#include <atomic>

#include <fmt/format.h>

#include "actors/account/actor.hpp"
#include "actors/account/locked.hpp"
#include "actors/account/naive_actor.hpp"
#include "actors/account/racy.hpp"
#include "actors/account/step_locked.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> thinking{0.1};

std::string customer(int number) {
  return fmt::format("customer {}", number);
}

/// Counts who got the money and tells it in the columns. Customers call it when they have an
/// answer.
class teller {
public:
  explicit teller(context& ctx) : ctx_(ctx) {
    std::vector<std::string> names;
    for (int i = 1; i <= ctx.workers(); ++i)
      names.push_back(customer(i));
    ctx.cast(std::move(names));
  }

  void wants(int number) {
    ctx_.note(customer(number), fmt::format("wants {}", ctx_.number("amount")));
  }

  void answer(int number, bool granted) {
    granted_ += granted ? 1 : 0;
    ctx_.note(customer(number), granted ? "gets it" : "is refused");
  }

  outcome close(std::int64_t balance) {
    ctx_.note("account", fmt::format("holds {}", balance));
    return {{"granted", granted_.load()},
            {"balance", balance},
            {"due", ctx_.number("balance") - granted_ * ctx_.number("amount")},
            {"possible", ctx_.number("balance") / ctx_.number("amount")}};
  }

private:
  context& ctx_;
  std::atomic<std::int64_t> granted_{0};
};

template <class Account>
outcome with_threads(context& ctx) {
  Account account{ctx.number("balance"), ctx.scaled(thinking)};
  teller desk{ctx};
  std::vector<compare::worker> customers;
  for (int i = 1; i <= ctx.workers(); ++i)
    customers.push_back({customer(i), [&, i] {
                           desk.wants(i);
                           desk.answer(i, account.withdraw(ctx.number("amount")));
                         }});
  ctx.together(std::move(customers));
  return desk.close(account.balance());
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto account = actors.spawn("account", mailroom::account, ctx.number("balance"));
  teller desk{ctx};
  for (int i = 1; i <= ctx.workers(); ++i)
    actors.send_in(customer(i), [&, account, i](caf::event_based_actor* self) {
      desk.wants(i);
      self->request(account, caf::infinite, withdraw_atom_v, ctx.number("amount"))
        .then([&desk, i](bool granted) { desk.answer(i, granted); });
    });
  actors.perform();
  return desk.close(actors.ask<std::int64_t>(account, get_atom_v));
}

outcome naive_actor(context& ctx) {
  compare::troupe actors{ctx};
  auto balance = actors.spawn("balance", cell, ctx.number("balance"));
  teller desk{ctx};
  for (int i = 1; i <= ctx.workers(); ++i) {
    desk.wants(i);
    actors.send_in(customer(i), naive_customer, balance, ctx.number("amount"),
                   ctx.hesitation(thinking), [&desk, i](bool granted) { desk.answer(i, granted); });
  }
  actors.perform();
  return desk.close(actors.ask<std::int64_t>(balance, get_atom_v));
}

verdict judge(const outcome& o) {
  bool fair = o.count("granted") <= o.count("possible") && o.count("balance") == o.count("due");
  return fair ? verdict::ok : verdict::overdraft;
}

} // namespace

extern const compare::story bank_account;
const compare::story bank_account{
  .name = "bank_account",
  .group = "A",
  .block = "account",
  .summary = "100 in the account, two customers want 75 each; only one can have it",
  .next = "Try: bank_account --workers 7, and bank_account --balance 600 --workers 8",
  .workers = 2,
  .most_workers = 64,
  .explorable = true,
  .parameters = {{"balance", 100, 0, 1'000'000'000, "what is in the account"},
                 {"amount", 75, 1, 1'000'000, "what each customer wants"}},
  .judge = judge,
  .versions = {{"racy", verdict::overdraft, with_threads<racy::account>},
               {"step_locked", verdict::overdraft, with_threads<step_locked::account>},
               {"locked", verdict::ok, with_threads<lock_based::account>},
               {"actor", verdict::ok, actor, true},
               {"naive_actor", verdict::overdraft, naive_actor, true}},
};

} // namespace mailroom::stories
