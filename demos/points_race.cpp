// A5: Bunny, Turtle and Fox run for points. Each keeps count of its own; the board has to agree.

#include <array>
#include <numeric>
#include <random>

#include <fmt/format.h>

#include "actors/score_board/actor.hpp"
#include "actors/score_board/locked.hpp"
#include "actors/score_board/racy.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::array names{"Bunny", "Turtle", "Fox"};
constexpr int finds_each = 5;
constexpr std::chrono::duration<double> writing{0.05}; // a number on the board

/// A find: how far it is to it, and what it is worth.
struct find {
  std::chrono::duration<double> way;
  int points;
};

/// Returns what a player finds: the same in each version, and with each seed something else.
std::vector<find> finds_of(std::size_t player, std::uint64_t seed) {
  std::mt19937_64 dice{seed * names.size() + player};
  auto one_to_three = [&dice] { return 1 + static_cast<int>(dice() % 3); };
  std::vector<find> finds;
  for (int i = 0; i < finds_each; ++i) {
    auto way = one_to_three() * 100ms; // as long as it takes to write: they often meet
    finds.push_back({way, one_to_three()});
  }
  return finds;
}

/// What a player has collected, as it knows itself. Nobody else writes it.
struct basket {
  std::int64_t finds = 0;
  std::int64_t points = 0;

  void add(context& ctx, std::size_t player, int more) {
    ctx.note(names[player], fmt::format("finds {}", more));
    ++finds;
    points += more;
  }
};

/// Compares what the players have with what the board says they have.
outcome measured(context& ctx, const std::array<basket, names.size()>& baskets,
                 std::int64_t on_the_board, std::int64_t total, const std::string& leader) {
  outcome o;
  std::int64_t found = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    o.set(names[i], baskets[i].finds);
    found += baskets[i].points;
  }
  o.set("found", found);
  o.set("on_the_board", on_the_board);
  o.set("total", total);
  o.set("leader", leader);
  ctx.note("board", fmt::format("total {}", total));
  return o;
}

template <class Board>
outcome with_threads(context& ctx) {
  Board board{{names.begin(), names.end()}, ctx.scaled(writing)};
  std::array<basket, names.size()> baskets{};
  std::vector<compare::worker> players;
  for (std::size_t i = 0; i < names.size(); ++i)
    players.push_back({names[i], [&, i] {
                         for (auto& f : finds_of(i, ctx.seed())) {
                           sync::pause(ctx.scaled(f.way));
                           baskets[i].add(ctx, i, f.points);
                           board.add(names[i], f.points);
                         }
                       }});
  ctx.together(std::move(players));
  auto points = [&](std::int64_t sum, const char* name) { return sum + board.points(name); };
  return measured(ctx, baskets,
                  std::accumulate(names.begin(), names.end(), std::int64_t{0}, points),
                  board.total(), board.leader());
}

/// Goes from find to find, and tells the board.
caf::behavior player(caf::event_based_actor* self, score_board_actor board, std::size_t me,
                     context* ctx, basket* mine) {
  auto finds = finds_of(me, ctx->seed());
  self->delayed_send(self, ctx->scaled(finds.front().way), done_atom_v, 0);
  return {[=](done_atom, int number) {
    auto at = static_cast<std::size_t>(number);
    mine->add(*ctx, me, finds[at].points);
    self->send(board, add_atom_v, std::string{names[me]}, finds[at].points);
    if (++at == finds.size())
      return self->quit();
    self->delayed_send(self, ctx->scaled(finds[at].way), done_atom_v, number + 1);
  }};
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto board =
    actors.spawn("board", score_board, std::vector<std::string>{names.begin(), names.end()});
  std::array<basket*, names.size()> baskets{};
  for (std::size_t i = 0; i < names.size(); ++i) {
    baskets[i] = &actors.observe<basket>();
    actors.send_in(names[i], player, board, i, &ctx, baskets[i]);
  }
  actors.perform();
  std::int64_t on_the_board = 0;
  for (auto* name : names)
    on_the_board += actors.ask<int>(board, get_atom_v, std::string{name});
  return measured(ctx, {*baskets[0], *baskets[1], *baskets[2]}, on_the_board,
                  actors.ask<int>(board, get_atom_v),
                  actors.ask<std::string>(board, leader_atom_v));
}

verdict judge(const outcome& o) {
  for (auto* name : names)
    if (o.count(name) != finds_each)
      return verdict::crash;
  bool complete =
    o.count("on_the_board") == o.count("found") && o.count("total") == o.count("found");
  return complete ? verdict::ok : verdict::lost_update;
}

} // namespace

extern const compare::story points_race;
const compare::story points_race{
  .name = "points_race",
  .group = "A",
  .block = "score_board",
  .summary = "Bunny, Turtle and Fox find 1 to 3 points five times each; is the total their sum?",
  .next = "Try: points_race --seed 2, and others: who leads, and how much is lost?",
  .workers = static_cast<int>(names.size()),
  .most_workers = static_cast<int>(names.size()),
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"racy", verdict::lost_update, with_threads<racy::score_board>},
               {"locked", verdict::ok, with_threads<lock_based::score_board>},
               {"actor", verdict::ok, actor}},
};

} // namespace mailroom::stories
