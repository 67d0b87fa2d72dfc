// A1: two workers add 1 a million times each. Is the sum two millions?

#include <fmt/format.h>

#include "actors/counter/actor.hpp"
#include "actors/counter/atomic.hpp"
#include "actors/counter/locked.hpp"
#include "actors/counter/naive_actor.hpp"
#include "actors/counter/racy.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> thinking{0.1};

/// The second act: a few workers, one increment each, and time to think in between.
int thinkers(const context& ctx) {
  return static_cast<int>(ctx.number("thinkers"));
}

outcome measured(const context& ctx, std::int64_t counted, std::int64_t thoughtful) {
  return {{"expected", ctx.workers() * ctx.number("increments")},
          {"counted", counted},
          {"slow_expected", ctx.number("thinkers")},
          {"slow_counted", thoughtful}};
}

std::string worker_name(int number) {
  return fmt::format("worker {}", number);
}

template <class Counter>
outcome with_threads(context& ctx) {
  auto count = [&](Counter& counter, int workers, std::int64_t times) {
    std::vector<compare::worker> team;
    for (int i = 1; i <= workers; ++i)
      team.push_back({worker_name(i), [&, i] {
                        for (std::int64_t n = 0; n < times; ++n)
                          counter.add(1);
                        if (times > 1)
                          ctx.note(worker_name(i), fmt::format("added {}", times));
                      }});
    ctx.together(std::move(team));
    auto counted = counter.value();
    ctx.note("counter", fmt::format("is {} of {}", counted, workers * times));
    return counted;
  };
  Counter fast;
  Counter slow{0, ctx.scaled(thinking)};
  auto counted = count(fast, ctx.workers(), ctx.number("increments"));
  return measured(ctx, counted, thinkers(ctx) == 0 ? 0 : count(slow, thinkers(ctx), 1));
}

/// Lets `workers` actors that `hire` sends in count, and returns what `total` then says.
template <class Target, class Hire>
std::int64_t with_actors(context& ctx, compare::troupe& actors, const Target& total, int workers,
                         std::int64_t times, Hire hire) {
  for (int i = 1; i <= workers; ++i) {
    if (times > 1)
      ctx.note(worker_name(i), fmt::format("adds {}", times));
    hire(worker_name(i));
  }
  actors.perform();
  auto counted = actors.ask<std::int64_t>(total, get_atom_v);
  ctx.note("counter", fmt::format("is {} of {}", counted, workers * times));
  return counted;
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto count = [&](int workers, std::int64_t times) {
    auto total = actors.spawn("counter", counter, 0);
    return with_actors(ctx, actors, total, workers, times,
                       [&](std::string name) { actors.send_in(name, adder, total, times); });
  };
  auto counted = count(ctx.workers(), ctx.number("increments"));
  return measured(ctx, counted, thinkers(ctx) == 0 ? 0 : count(thinkers(ctx), 1));
}

outcome naive_actor(context& ctx) {
  compare::troupe actors{ctx};
  auto count = [&](int workers, std::int64_t times, std::chrono::nanoseconds hesitation) {
    auto total = actors.spawn("counter", cell, 0);
    return with_actors(ctx, actors, total, workers, times, [&](std::string name) {
      actors.send_in(name, naive_adder, total, times, hesitation);
    });
  };
  auto counted = count(ctx.workers(), ctx.number("increments"), 0ns);
  return measured(ctx, counted,
                  thinkers(ctx) == 0 ? 0 : count(thinkers(ctx), 1, ctx.hesitation(thinking)));
}

verdict judge(const outcome& o) {
  bool all_there = o.count("counted") == o.count("expected")
                   && o.count("slow_counted") == o.count("slow_expected");
  return all_there ? verdict::ok : verdict::lost_update;
}

} // namespace

extern const compare::story counter;
const compare::story counter{
  .name = "counter",
  .group = "A",
  .block = "counter",
  .summary = "two workers add 1 a million times each; is the sum two million?",
  .next = "Try: counter --workers 7 --increments 1000",
  .workers = 2,
  .most_workers = 64,
  .explorable = true,
  .parameters = {{"increments", 1'000'000, 1, 10'000'000, "how often each worker adds 1"},
                 {"thinkers", 5, 0, 64, "how many add 1 slowly, in the second act"}},
  .small = {{"increments", 1}, {"thinkers", 0}},
  .judge = judge,
  .versions = {{"racy", verdict::lost_update, with_threads<racy::counter>},
               {"locked", verdict::ok, with_threads<lock_based::counter>},
               {"atomic", verdict::ok, with_threads<atomics::counter>},
               {"actor", verdict::ok, actor, true},
               {"naive_actor", verdict::lost_update, naive_actor, true}},
};

} // namespace mailroom::stories
