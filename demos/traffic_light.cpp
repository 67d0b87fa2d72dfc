// C2: three cars wait at a red light, which turns green after 2 s. A car that comes later does not
// wait.

#include <atomic>

#include <fmt/format.h>

#include "actors/event/actor.hpp"
#include "actors/event/locked.hpp"
#include "actors/event/signal_only.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> red{2};
constexpr std::chrono::duration<double> late{3};

/// A car that is there when the light turns green, or comes later.
struct car {
  std::string name;
  std::chrono::duration<double> comes;
};

std::vector<car> cars_of(const context& ctx) {
  std::vector<car> all;
  for (int i = 1; i <= ctx.workers(); ++i)
    all.push_back({fmt::format("car {}", i), 0s});
  for (std::int64_t i = 1; i <= ctx.number("latecomers"); ++i)
    all.push_back({fmt::format("late {}", i), late});
  return all;
}

/// Sees from outside what colour the light has, and who goes. The light says it before it lets
/// anybody go, a car when it goes.
class onlooker {
public:
  explicit onlooker(context& ctx) : ctx_(ctx) {
    std::vector<std::string> names{"light"};
    for (auto& each : cars_of(ctx))
      names.push_back(each.name);
    ctx.cast(std::move(names));
  }

  void comes(const car& who) { ctx_.note(who.name, "comes"); }

  void turns_green() {
    ctx_.note("light", "green");
    green_.store(true);
  }

  void goes(const car& who) {
    (green_.load() ? gone_ : early_).fetch_add(1);
    ctx_.note(who.name, "goes");
  }

  outcome tell() const {
    return {{"cars", ctx_.workers() + ctx_.number("latecomers")},
            {"gone", gone_.load()},
            {"early", early_.load()}};
  }

private:
  context& ctx_;
  sync::atomic<bool> green_{false, "green"};
  std::atomic<std::int64_t> gone_{0};
  std::atomic<std::int64_t> early_{0};
};

template <class Event>
outcome with_threads(context& ctx) {
  Event green;
  onlooker street{ctx};
  std::vector<compare::worker> all;
  for (auto& each : cars_of(ctx))
    all.push_back({each.name, [&, each] {
                     sync::pause(ctx.scaled(each.comes));
                     street.comes(each);
                     green.wait();
                     street.goes(each);
                   }});
  all.push_back({"light", [&] {
                   sync::pause(ctx.scaled(red));
                   street.turns_green();
                   green.set();
                 }});
  ctx.together(std::move(all));
  return street.tell();
}

outcome signal_only(context& ctx) {
  try {
    return with_threads<signal_only::event>(ctx);
  } catch (const compare::stuck& e) { // the light has turned, and somebody has missed it
    throw compare::stuck{verdict::lost_wakeup, e.what()};
  }
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto& street = actors.observe<onlooker>(ctx);
  auto green = actors.spawn("event", event);
  for (auto& each : cars_of(ctx))
    actors.send_in(each.name, [=, &ctx, &street](caf::event_based_actor* self) {
      compare::hesitate(self, ctx.hesitation(each.comes), [=, &street] {
        street.comes(each);
        self->request(green, caf::infinite, wait_atom_v).then([=, &street](bool) {
          street.goes(each);
        });
      });
    });
  actors.send_in("light", [=, &ctx, &street](caf::event_based_actor* self) {
    compare::hesitate(self, ctx.hesitation(red), [=, &street] {
      street.turns_green();
      self->send(green, set_atom_v);
    });
  });
  actors.perform();
  return street.tell();
}

verdict judge(const outcome& o) {
  if (o.count("early") > 0)
    return verdict::crash;
  return o.count("gone") == o.count("cars") ? verdict::ok : verdict::lost_wakeup;
}

} // namespace

extern const compare::story traffic_light;
const compare::story traffic_light{
  .name = "traffic_light",
  .group = "C",
  .block = "event",
  .summary = "three cars wait at a red light; a car that comes when it is green does not wait",
  .next = "Try: traffic_light --workers 7, and mailroom explore traffic_light.signal_only",
  .workers = 3,
  .most_workers = 64,
  .explorable = true,
  .parameters = {{"latecomers", 1, 0, 16, "cars that come when the light is green"}},
  .small = {{"workers", 2}, {"latecomers", 0}},
  .judge = judge,
  .versions = {{"signal_only", verdict::lost_wakeup, signal_only},
               {"locked", verdict::ok, with_threads<lock_based::event>},
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories
