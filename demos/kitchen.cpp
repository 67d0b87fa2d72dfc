// D2: four dishes. One chef who never stands idle, four chefs who share a stove, four chefs, or
// four kitchens?

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/process/process_pool_executor.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

using clock = std::chrono::steady_clock; // one for all processes of a machine

constexpr int dishes = 4;

/// What became of a dish: who was at work for it, and from when to when.
struct dish {
  std::string chef;
  clock::time_point begin;
  clock::time_point end;
  std::uint64_t crumbs = 0;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, dish& d) {
    return f(d.chef, d.begin, d.end, d.crumbs);
  }
};

dish bake(std::chrono::nanoseconds time) {
  auto begin = clock::now();
  sync::pause(time);
  return {this_worker::name(), begin, clock::now()};
}

/// Work for a processor: `strokes` steps, each of which needs the one before it.
dish chop(std::int64_t strokes) {
  auto begin = clock::now();
  std::uint64_t x = 1;
  for (std::int64_t i = 0; i < strokes; ++i)
    x = x * 6364136223846793005u + 1442695040888963407u;
  return {this_worker::name(), begin, clock::now(), x % 10};
}

/// Serves what has been chopped.
void serve(context& ctx, std::vector<dish>& served, dish d) {
  ctx.note(d.chef, fmt::format("{} crumbs", d.crumbs));
  served.push_back(std::move(d));
}

/// How many were at work at once: at the time at which one of them began, so many had begun and not
/// ended.
std::int64_t most_at_once(const std::vector<dish>& all) {
  std::int64_t most = 0;
  for (auto& one : all)
    most = std::max(most, std::ranges::count_if(all, [&](auto& other) {
                      return other.begin <= one.begin && one.begin < other.end;
                    }));
  return most;
}

double seconds_of(const std::function<void()>& work) {
  auto start = clock::now();
  work();
  return std::chrono::duration<double>(clock::now() - start).count();
}

/// A way to run the kitchen: how it bakes all dishes, which is waiting, and how it chops for all,
/// which is computing.
struct kitchen_rules {
  std::function<std::vector<dish>()> bake_all;
  std::function<std::vector<dish>()> chop_all;
};

/// Runs both acts, and compares them with one chef who does one thing after another.
outcome measured(context& ctx, const kitchen_rules& rules) {
  auto one_oven = ctx.scaled(1s);
  auto alone = seconds_of([&] {
    std::uint64_t crumbs = 0;
    for (int i = 0; i < dishes; ++i)
      crumbs += chop(ctx.number("strokes")).crumbs;
    ctx.note("alone", fmt::format("{} crumbs", crumbs));
  });
  std::vector<dish> baked, chopped;
  auto baking = seconds_of([&] { baked = rules.bake_all(); });
  auto chopping = seconds_of([&] { chopped = rules.chop_all(); });
  return {{"served", std::ssize(baked) + std::ssize(chopped)},
          {"waiting_speedup", dishes * std::chrono::duration<double>(one_oven).count() / baking},
          {"computing_speedup", alone / chopping},
          {"chopping_at_once", most_at_once(chopped)}};
}

// Concurrency: one chef, who puts a dish into the oven and turns to the next one. The oven says
// when it is done: with a message.
outcome one_chef(context& ctx) {
  auto bake_all = [&] {
    std::vector<dish> served;
    auto chef = ctx.actors().spawn([&](caf::event_based_actor* self) -> caf::behavior {
      auto begin = clock::now();
      for (int i = 0; i < dishes; ++i)
        self->delayed_send(self, ctx.scaled(1s), done_atom_v);
      return {[&, self, begin](done_atom) {
        served.push_back({"chef", begin, clock::now()});
        if (served.size() == dishes)
          self->quit();
      }};
    });
    ctx.await({chef});
    return served;
  };
  auto chop_all = [&] {
    std::vector<dish> served;
    for (int i = 0; i < dishes; ++i) {
      auto d = chop(ctx.number("strokes"));
      d.chef = "chef";
      serve(ctx, served, std::move(d));
    }
    return served;
  };
  return measured(ctx, {bake_all, chop_all});
}

// Four threads and one lock to compute: Python's global interpreter lock. Who waits, leaves the
// stove.
outcome one_stove(context& ctx) {
  sync::mutex stove{"stove"};
  auto by_chefs = [&](const std::function<void(std::vector<dish> & served)>& task) {
    std::vector<dish> served;
    std::vector<compare::worker> chefs;
    for (int i = 1; i <= dishes; ++i)
      chefs.push_back({fmt::format("chef {}", i), [&] { task(served); }});
    ctx.together(std::move(chefs));
    return served;
  };
  auto bake_one = [&](std::vector<dish>& served) {
    auto d = bake(ctx.scaled(1s));
    std::lock_guard lock{stove};
    served.push_back(std::move(d));
  };
  auto chop_one = [&](std::vector<dish>& served) {
    std::lock_guard lock{stove};
    auto d = chop(ctx.number("strokes"));
    d.chef = "stove";
    serve(ctx, served, std::move(d));
  };
  return measured(ctx, {[&] { return by_chefs(bake_one); }, [&] { return by_chefs(chop_one); }});
}

/// A dish for each worker of a pool. It does not matter whether they share memory: what a dish
/// needs goes with it, and what became of it comes back.
outcome dish_each(context& ctx, auto& pool) {
  auto bake_all = [&] {
    std::vector<dish> served;
    for (auto d : pool.map(remote<bake>, std::vector(dishes, ctx.scaled(1s))))
      served.push_back(std::move(d));
    return served;
  };
  auto chop_all = [&] {
    std::vector<dish> served;
    for (auto d : pool.map(remote<chop>, std::vector(dishes, ctx.number("strokes"))))
      serve(ctx, served, std::move(d));
    return served;
  };
  return measured(ctx, {bake_all, chop_all});
}

// Parallelism: four workers, and as many stoves as there are processors.
outcome four_chefs(context& ctx) {
  actor_pool_executor chefs{ctx.actors(), {.max_workers = dishes, .thread_name_prefix = "chef"}};
  return dish_each(ctx, chefs);
}

// Multiprocessing: four workers again, but each is a process. They start when there is work for
// them; the dishes are measured, and not how a kitchen is built.
outcome four_kitchens(context& ctx) {
  process_pool_executor kitchens{{.max_workers = dishes, .name_prefix = "kitchen"}};
  auto all_are_built = [&] {
    for (auto d : kitchens.map(remote<chop>, std::vector<std::int64_t>(dishes)))
      (void)d;
    return kitchens.processes().size() == dishes;
  };
  if (!ctx.eventually(all_are_built))
    throw error("there are not four kitchens");
  return dish_each(ctx, kitchens);
}

// Everything is served, and nothing before its time. How much faster is for the reader.
verdict judge(const outcome& o) {
  bool fine = o.count("served") == 2 * dishes && o.number("waiting_speedup") <= dishes;
  return fine ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story kitchen;
const compare::story kitchen{
  .name = "kitchen",
  .group = "D",
  .block = "",
  .summary =
    "four dishes to wait for and to chop for: one chef, one stove, four chefs, four kitchens",
  .next = "Try: kitchen --strokes 200000000, and look at the two columns of speed-ups",
  .workers = dishes,
  .most_workers = dishes,
  .explorable = false,
  .parameters = {{"strokes", 20'000'000, 1, 1'000'000'000, "chopping per dish"}},
  .judge = judge,
  .versions = {{"one_chef", verdict::ok, one_chef},
               {"one_stove", verdict::ok, one_stove},
               {"four_chefs", verdict::ok, four_chefs},
               {"four_kitchens", verdict::ok, four_kitchens}},
};

} // namespace mailroom::stories
