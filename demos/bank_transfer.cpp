// A4: money moves from account to account, and somebody counts it all the while.

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "actors/bank/account_locks.hpp"
#include "actors/bank/actor.hpp"
#include "actors/bank/one_lock.hpp"
#include "actors/bank/split_bank.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> carrying{0.1};
constexpr std::int64_t initial = 100;
constexpr std::int64_t most = 150; // that fits into an account

bank_terms terms(const context& ctx) {
  return {static_cast<int>(ctx.number("accounts")), initial, most};
}

std::string teller(int number) {
  return fmt::format("teller {}", number);
}

/// Returns what a teller moves: from one account to another, and with the next order on from there.
/// Every other teller moves half as much again.
transfer_order order(const context& ctx, int teller, std::int64_t number) {
  auto accounts = ctx.number("accounts");
  auto from = (teller - 1 + number) % accounts;
  auto to = (from + 1 + number % (accounts - 1)) % accounts;
  auto amount = ctx.number("amount");
  auto more = teller % 2 == 0 ? amount / 2 : 0;
  return {static_cast<int>(from), static_cast<int>(to), amount + more};
}

void tell(context& ctx, int number, const transfer_order& o, bool moved) {
  ctx.note(teller(number), moved ? fmt::format("{} to {}: {}", o.from, o.to, o.amount)
                                 : fmt::format("{} to {}: no", o.from, o.to));
}

/// The sums that a reader saw: the least and the most.
struct sums {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t greatest = std::numeric_limits<std::int64_t>::min();

  void add(context& ctx, std::int64_t sum) {
    ctx.note("reader", fmt::format("counts {}", sum));
    least = std::min(least, sum);
    greatest = std::max(greatest, sum);
  }
};

outcome measured(const context& ctx, std::int64_t moved, const sums& seen, std::int64_t at_last) {
  return {{"due", initial * ctx.number("accounts")},
          {"moved", moved},
          {"least", seen.least},
          {"greatest", seen.greatest},
          {"at_last", at_last}};
}

template <class Bank>
outcome with_threads(context& ctx) {
  Bank bank{terms(ctx), ctx.scaled(carrying)};
  std::vector<std::int64_t> moved(static_cast<std::size_t>(ctx.workers())); // by each teller
  std::vector<compare::worker> team;
  for (int i = 1; i <= ctx.workers(); ++i)
    team.push_back({teller(i), [&, i] {
                      for (std::int64_t n = 0; n < ctx.number("transfers"); ++n) {
                        auto o = order(ctx, i, n);
                        bool done = bank.transfer(o);
                        moved[static_cast<std::size_t>(i) - 1] += done ? 1 : 0;
                        tell(ctx, i, o, done);
                      }
                    }});
  sums seen;
  team.push_back({"reader", [&] {
                    for (std::int64_t n = 0; n < ctx.number("reads"); ++n) {
                      seen.add(ctx, bank.sum());
                      sync::pause(ctx.scaled(carrying / 2));
                    }
                  }});
  ctx.together(std::move(team));
  return measured(ctx, std::accumulate(moved.begin(), moved.end(), std::int64_t{0}), seen,
                  bank.sum());
}

/// Gives a bank one order after the other.
template <class Bank>
caf::behavior ordering_teller(caf::event_based_actor* self, Bank bank, int me, context* ctx,
                              std::int64_t* moved) {
  auto give = [=](put_atom, std::int64_t number) {
    auto o = order(*ctx, me, number);
    self->request(bank, caf::infinite, transfer_atom_v, o.from, o.to, o.amount)
      .then([=](bool done) {
        *moved += done ? 1 : 0;
        tell(*ctx, me, o, done);
        if (number + 1 == ctx->number("transfers"))
          self->quit();
        else
          self->send(self, put_atom_v, number + 1);
      });
  };
  give(put_atom_v, 0);
  return {give};
}

/// Asks a bank for the sum, again and again.
template <class Bank>
caf::behavior asking_reader(caf::event_based_actor* self, Bank bank, context* ctx, sums* seen) {
  auto read = [=](get_atom, std::int64_t number) {
    self->request(bank, caf::infinite, get_atom_v).then([=](std::int64_t sum) {
      seen->add(*ctx, sum);
      if (number + 1 == ctx->number("reads"))
        self->quit();
      else
        self->delayed_send(self, ctx->scaled(carrying / 2), get_atom_v, number + 1);
    });
  };
  read(get_atom_v, 0);
  return {read};
}

template <class Bank>
outcome with_clients(context& ctx, compare::troupe& actors, const Bank& bank) {
  std::vector<std::int64_t*> moved;
  for (int i = 1; i <= ctx.workers(); ++i) {
    moved.push_back(&actors.observe<std::int64_t>(0));
    actors.send_in(teller(i), ordering_teller<Bank>, bank, i, &ctx, moved.back());
  }
  auto& seen = actors.observe<sums>();
  actors.send_in("reader", asking_reader<Bank>, bank, &ctx, &seen);
  actors.perform();
  std::int64_t moved_by_all = 0;
  for (auto* m : moved)
    moved_by_all += *m;
  return measured(ctx, moved_by_all, seen, actors.template ask<std::int64_t>(bank, get_atom_v));
}

outcome with_shards(context& ctx, int count) {
  compare::troupe actors{ctx};
  bank_options options{terms(ctx), {}, ctx.hesitation(carrying)};
  for (int i = 0; i < count; ++i)
    options.shards.push_back(
      actors.spawn(fmt::format("shard {}", i), shard, terms(ctx).of_shard(i, count)));
  return with_clients(ctx, actors, actors.spawn("bank", bank, options));
}

outcome account_actors(context& ctx) {
  return with_shards(ctx, static_cast<int>(ctx.number("accounts")));
}

outcome shard_actors(context& ctx) {
  return with_shards(ctx, static_cast<int>(std::min(ctx.number("shards"), ctx.number("accounts"))));
}

outcome split_actors(context& ctx) {
  compare::troupe actors{ctx};
  std::vector<account_actor> accounts;
  for (std::int64_t i = 0; i < ctx.number("accounts"); ++i)
    accounts.push_back(actors.spawn(fmt::format("account {}", i), account, initial));
  return with_clients(ctx, actors,
                      actors.spawn("bank", split_bank, accounts, ctx.hesitation(carrying)));
}

verdict judge(const outcome& o) {
  auto due = o.count("due");
  bool whole = o.count("least") == due && o.count("greatest") == due && o.count("at_last") == due;
  return whole ? verdict::ok : verdict::torn_read;
}

} // namespace

extern const compare::story bank_transfer;
const compare::story bank_transfer{
  .name = "bank_transfer",
  .group = "A",
  .block = "bank",
  .summary = "money moves from account to account; is it all there whenever somebody counts it?",
  .next = "Try: bank_transfer --workers 8 --accounts 16, and bank_transfer --shards 1",
  .workers = 2,
  .most_workers = 16,
  .explorable = true,
  .parameters = {{"accounts", 4, 2, 1'000, "with 100 in each, and room for 150"},
                 {"amount", 30, 1, initial, "that a transfer moves, or half as much again"},
                 {"transfers", 3, 1, 1'000, "that each teller makes"},
                 {"reads", 6, 1, 1'000, "how often the money is counted"},
                 {"shards", 2, 1, 1'000, "actors that shard_actors spreads the accounts over"}},
  // There is room for 75 more only after 50 have left: some orders refuse, others take back.
  .small = {{"accounts", 2}, {"amount", 50}, {"transfers", 1}, {"reads", 1}, {"shards", 1}},
  .judge = judge,
  .versions = {{"one_lock", verdict::ok, with_threads<one_lock::bank>},
               {.name = "account_locks",
                .expected = verdict::ok,
                .run = with_threads<account_locks::bank>,
                // std::scoped_lock takes one, tries the other one, and backs off: in lockstep, for
                // ever.
                .endless = true,
                .at_worst = verdict::livelock},
               {"account_actors", verdict::ok, account_actors, true},
               {"shard_actors", verdict::ok, shard_actors, true},
               {"split_actors", verdict::torn_read, split_actors, true}},
};

} // namespace mailroom::stories
