// C7: Bunny and Turtle meet at the bridge. Neither goes on before the other one is there.

#include <array>

#include "actors/semaphore/locked.hpp"
#include "demos/lookout.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/messaging/send_after.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr int friends = 2;
constexpr std::array names{"Bunny", "Turtle"};
constexpr std::array<std::chrono::duration<double>, friends> way{1s, 3s};

outcome measured(std::int64_t too_early) {
  return {{"friends", std::int64_t{friends}}, {"too_early", too_early}};
}

/// A semaphore for each, which says "I am here".
using signals = std::array<lock_based::semaphore, friends>;

/// @param meet what somebody does with its own signal and that of the other one.
outcome at_the_bridge(context& ctx,
                      void (*meet)(lock_based::semaphore& mine, lock_based::semaphore& other)) {
  signals here{lock_based::semaphore{0}, lock_based::semaphore{0}};
  lookout bridge{friends};
  std::vector<compare::worker> team;
  for (std::size_t i = 0; i < names.size(); ++i)
    team.push_back({names[i], [&, i] {
                      sync::pause(ctx.scaled(way[i]));
                      ctx.note(names[i], "at the bridge");
                      bridge.comes();
                      meet(here[i], here[1 - i]);
                      bridge.goes_on();
                      ctx.note(names[i], "goes on");
                    }});
  ctx.together(std::move(team));
  return measured(bridge.too_early());
}

outcome wait_first(context& ctx) {
  return at_the_bridge(ctx, [](auto& mine, auto& other) {
    other.acquire();
    mine.release();
  });
}

outcome locked(context& ctx) {
  return at_the_bridge(ctx, [](auto& mine, auto& other) {
    mine.release();
    other.acquire();
  });
}

/// Somebody on the way to the bridge, and then on it: who is there tells the other one, and goes on
/// when both are.
struct stroller_state {
  int here = 0; // of the two, as far as is known
  caf::actor other;
};

caf::behavior stroll(caf::stateful_actor<stroller_state>* self, context* ctx, const char* name,
                     std::chrono::nanoseconds time, const caf::actor& bridge) {
  auto go_on_if_both_are_here = [=] {
    if (++self->state.here < friends)
      return;
    ctx->note(name, "goes on");
    self->send(bridge, done_atom_v, 1);
    self->quit();
  };
  return {
    [=](partner_atom, const caf::actor& other) {
      self->state.other = other;
      send_after(self, time, done_atom_v);
    },
    [=](done_atom) {
      ctx->note(name, "at the bridge");
      self->send(bridge, arrive_atom_v);
      self->send(self->state.other, arrive_atom_v);
      go_on_if_both_are_here();
    },
    [=](arrive_atom) { go_on_if_both_are_here(); },
  };
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto bridge = actors.spawn("lookout", lookout_actor, friends);
  std::array<caf::actor, friends> team;
  for (std::size_t i = 0; i < team.size(); ++i)
    team[i] = actors.send_in(names[i], stroll, &ctx, names[i], ctx.hesitation(way[i]), bridge);
  for (std::size_t i = 0; i < team.size(); ++i)
    caf::anon_send(team[i], partner_atom_v, team[1 - i]);
  actors.perform();
  return measured(actors.ask<std::int64_t>(bridge, get_atom_v));
}

verdict judge(const outcome& o) {
  return o.count("too_early") == 0 ? verdict::ok : verdict::torn_read;
}

} // namespace

extern const compare::story rendezvous;
const compare::story rendezvous{
  .name = "rendezvous",
  .group = "C",
  .block = "semaphore",
  .summary = "two meet at the bridge, and neither goes on alone",
  .next = "Try: mailroom explore rendezvous",
  .workers = friends,
  .most_workers = friends,
  .explorable = true,
  .parameters = {},
  .judge = judge,
  .versions = {{"wait_first", verdict::deadlock, wait_first},
               {"locked", verdict::ok, locked},
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories
