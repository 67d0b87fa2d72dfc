// C7: three guests are expected. Dinner begins when all have come, and not before.

#include <fmt/format.h>

#include "actors/latch/actor.hpp"
#include "actors/latch/locked.hpp"
#include "actors/latch/racy.hpp"
#include "demos/lookout.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> hesitation{0.3};
constexpr auto host = "host";

std::string guest(int number) {
  return fmt::format("guest {}", number);
}

/// When a guest comes: one shortly after the other.
std::chrono::duration<double> way(int number) {
  return 0.1s * number;
}

outcome measured(const context& ctx, std::int64_t too_early) {
  return {{"guests", ctx.workers()}, {"too_early", too_early}};
}

/// Makes a latch; the racy one hesitates between reading and writing.
template <class Latch>
Latch make(context& ctx) {
  if constexpr (std::is_constructible_v<Latch, int, std::chrono::nanoseconds>)
    return Latch{ctx.workers(), ctx.scaled(hesitation)};
  else
    return Latch{ctx.workers()};
}

template <class Latch>
outcome with_threads(context& ctx) {
  auto missing = make<Latch>(ctx);
  lookout door{ctx.workers()};
  std::vector<compare::worker> people;
  for (int i = 1; i <= ctx.workers(); ++i)
    people.push_back({guest(i), [&, i] {
                        sync::pause(ctx.scaled(way(i)));
                        ctx.note(guest(i), "comes");
                        door.comes();
                        missing.count_down();
                      }});
  people.push_back({host, [&] {
                      ctx.note(host, "waits");
                      missing.wait();
                      door.goes_on();
                      ctx.note(host, "serves dinner");
                    }});
  ctx.together(std::move(people));
  return measured(ctx, door.too_early());
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto missing = actors.spawn("latch", mailroom::latch, ctx.workers());
  auto door = actors.spawn("lookout", lookout_actor, ctx.workers());
  for (int i = 1; i <= ctx.workers(); ++i)
    actors.send_in(guest(i), [&, i](caf::event_based_actor* self) {
      compare::pause(self, ctx.hesitation(way(i)), [self, &ctx, missing, door, i] {
        ctx.note(guest(i), "comes");
        self->send(door, arrive_atom_v);
        self->send(missing, count_down_atom_v, 1);
        self->quit();
      });
    });
  actors.send_in(host, [&](caf::event_based_actor* self) {
    ctx.note(host, "waits");
    self->request(missing, caf::infinite, wait_atom_v).then([self, &ctx, door](bool) {
      self->send(door, done_atom_v, 1);
      ctx.note(host, "serves dinner");
    });
  });
  actors.perform();
  return measured(ctx, actors.ask<std::int64_t>(door, get_atom_v));
}

verdict judge(const outcome& o) {
  return o.count("too_early") == 0 ? verdict::ok : verdict::torn_read;
}

} // namespace

extern const compare::story latch;
const compare::story latch{
  .name = "latch",
  .group = "C",
  .block = "latch",
  .summary = "dinner begins when all guests have come, and not before",
  .next = "Try: mailroom explore latch.racy, and latch --workers 7",
  .workers = 3,
  .most_workers = 16,
  .explorable = true,
  .parameters = {},
  .judge = judge,
  .versions = {{"racy", verdict::deadlock, with_threads<racy::latch>},
               {"locked", verdict::ok, with_threads<lock_based::latch>},
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories
