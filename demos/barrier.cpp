// C7: walkers wait for each other at every crossing. Nobody goes on before all are there.

#include <fmt/format.h>

#include "actors/barrier/actor.hpp"
#include "actors/barrier/locked.hpp"
#include "actors/barrier/phaseless.hpp"
#include "demos/lookout.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

std::string walker(int number) {
  return fmt::format("walker {}", number);
}

/// How long a walker needs to the first crossing: the first to come waits for the last. From there
/// all walk at the same pace.
std::chrono::duration<double> way(int number) {
  return 0.3s * (number - 1);
}

int crossings(const context& ctx) {
  return static_cast<int>(ctx.number("crossings"));
}

void note(context& ctx, int number, const char* what, int crossing) {
  ctx.note(walker(number), fmt::format("{} {}", what, crossing));
}

outcome measured(const context& ctx, std::int64_t too_early) {
  return {{"walkers", ctx.workers()}, {"crossings", crossings(ctx)}, {"too_early", too_early}};
}

template <class Barrier>
outcome with_threads(context& ctx) {
  Barrier crossing{ctx.workers()};
  lookout tower{ctx.workers()};
  std::vector<compare::worker> walkers;
  for (int i = 1; i <= ctx.workers(); ++i)
    walkers.push_back({walker(i), [&, i] {
                         sync::pause(ctx.scaled(way(i)));
                         for (int n = 1; n <= crossings(ctx); ++n) {
                           note(ctx, i, "at", n);
                           tower.comes();
                           crossing.arrive_and_wait();
                           tower.goes_on(n);
                           note(ctx, i, "leaves", n);
                         }
                       }});
  ctx.together(std::move(walkers));
  return measured(ctx, tower.too_early());
}

/// A walker that is an actor: the answer of the barrier takes it to the next crossing.
struct hiker {
  void reach(int crossing) const {
    note(*ctx, number, "at", crossing);
    self->send(tower, arrive_atom_v);
    self->request(barrier, caf::infinite, arrive_atom_v)
      .then([me = *this, crossing](std::uint64_t) { me.leave(crossing); });
  }

  void leave(int crossing) const {
    note(*ctx, number, "leaves", crossing);
    self->send(tower, done_atom_v, crossing);
    if (crossing < crossings(*ctx))
      reach(crossing + 1);
    else
      self->quit();
  }

  caf::event_based_actor* self;
  context* ctx;
  int number;
  barrier_actor barrier;
  caf::actor tower;
};

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto crossing = actors.spawn("barrier", mailroom::barrier, ctx.workers());
  auto tower = actors.spawn("lookout", lookout_actor, ctx.workers());
  for (int i = 1; i <= ctx.workers(); ++i)
    actors.send_in(walker(i), [&, i](caf::event_based_actor* self) {
      hiker me{self, &ctx, i, crossing, tower};
      compare::pause(self, ctx.hesitation(way(i)), [me] { me.reach(1); });
    });
  actors.perform();
  return measured(ctx, actors.ask<std::int64_t>(tower, get_atom_v));
}

verdict judge(const outcome& o) {
  return o.count("too_early") == 0 ? verdict::ok : verdict::torn_read;
}

} // namespace

extern const compare::story barrier;
const compare::story barrier{
  .name = "barrier",
  .group = "C",
  .block = "barrier",
  .summary = "two walkers wait for each other at every crossing",
  .next = "Try: mailroom explore barrier.phaseless, and barrier --workers 5",
  .workers = 2,
  .most_workers = 16,
  .explorable = true,
  .parameters = {{"crossings", 4, 1, 1'000, "where all meet"}},
  .small = {{"crossings", 2}},
  .judge = judge,
  .versions = {{"phaseless", verdict::deadlock, with_threads<phaseless::barrier>},
               {"locked", verdict::ok, with_threads<lock_based::barrier>},
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories
