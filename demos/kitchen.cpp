// D2: four dishes. One chef who never stands idle, four chefs who share a stove, or four chefs?

#include <atomic>
#include <functional>

#include <fmt/format.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

using clock = std::chrono::steady_clock;

constexpr int dishes = 4;

/// Work for a processor: `strokes` steps, each of which needs the one before it.
std::uint64_t chop(std::int64_t strokes) {
  std::uint64_t x = 1;
  for (std::int64_t i = 0; i < strokes; ++i)
    x = x * 6364136223846793005u + 1442695040888963407u;
  return x;
}

/// Those who chop, and how many did so at once.
class stoves {
public:
  explicit stoves(context& ctx) : ctx_(ctx) {}

  void chop_for(const std::string& who) {
    int now = ++chopping_;
    for (int most = most_; now > most && !most_.compare_exchange_weak(most, now);) {
    }
    ctx_.note(who, fmt::format("{} crumbs", chop(ctx_.number("strokes")) % 10));
    --chopping_;
  }

  std::int64_t most_at_once() const { return most_; }

private:
  context& ctx_;
  std::atomic<int> chopping_{0};
  std::atomic<int> most_{0};
};

double seconds_of(const std::function<void()>& work) {
  auto start = clock::now();
  work();
  return std::chrono::duration<double>(clock::now() - start).count();
}

/// A way to run the kitchen: how it bakes all dishes, which is waiting, and how it chops for all,
/// which is computing.
struct kitchen_rules {
  std::function<void()> bake_all;
  std::function<void()> chop_all;
};

/// Runs both acts, and compares them with one chef who does one thing after another.
outcome measured(context& ctx, const std::atomic<int>& served, const stoves& used,
                 const kitchen_rules& rules) {
  auto one_oven = ctx.scaled(1s);
  auto alone = seconds_of([&] {
    std::uint64_t crumbs = 0;
    for (int i = 0; i < dishes; ++i)
      crumbs ^= chop(ctx.number("strokes"));
    ctx.note("alone", fmt::format("chopped, {} crumbs", crumbs % 10));
  });
  auto baking = seconds_of(rules.bake_all);
  auto chopping = seconds_of(rules.chop_all);
  return {{"served", static_cast<std::int64_t>(served.load())},
          {"waiting_speedup", dishes * std::chrono::duration<double>(one_oven).count() / baking},
          {"computing_speedup", alone / chopping},
          {"chopping_at_once", used.most_at_once()}};
}

/// One task per dish, each on a thread of its own; returns when all are done.
void by_chefs(context& ctx, const std::function<void()>& task) {
  std::vector<compare::worker> chefs;
  for (int i = 1; i <= dishes; ++i)
    chefs.push_back({fmt::format("chef {}", i), task});
  ctx.together(std::move(chefs));
}

// Concurrency: one chef, who puts a dish into the oven and turns to the next one. The oven says
// when it is done: with a message.
outcome one_chef(context& ctx) {
  std::atomic<int> served{0};
  stoves used{ctx};
  auto baking = ctx.scaled(1s);
  auto bake_all = [&] {
    auto chef = ctx.actors().spawn([&](caf::event_based_actor* self) -> caf::behavior {
      for (int i = 0; i < dishes; ++i)
        self->delayed_send(self, baking, done_atom_v);
      return {[&, self](done_atom) {
        if (++served == dishes)
          self->quit();
      }};
    });
    ctx.await({chef});
  };
  auto chop_all = [&] {
    for (int i = 0; i < dishes; ++i, ++served)
      used.chop_for("chef");
  };
  return measured(ctx, served, used, {bake_all, chop_all});
}

// Four threads and one lock to compute: Python's global interpreter lock. Who waits, leaves the
// stove.
outcome one_stove(context& ctx) {
  std::atomic<int> served{0};
  stoves used{ctx};
  sync::mutex stove{"stove"};
  auto bake = [&] {
    sync::pause(ctx.scaled(1s));
    ++served;
  };
  auto cook = [&] {
    std::lock_guard lock{stove};
    used.chop_for("stove");
    ++served;
  };
  return measured(ctx, served, used, {[&] { by_chefs(ctx, bake); }, [&] { by_chefs(ctx, cook); }});
}

// Parallelism: four workers, and as many stoves as there are processors.
outcome four_chefs(context& ctx) {
  std::atomic<int> served{0};
  stoves used{ctx};
  actor_pool_executor chefs{ctx.actors(), {.max_workers = dishes, .thread_name_prefix = "chef"}};
  auto all = [&](auto task) {
    return [&chefs, task] {
      std::vector<future<void>> work;
      for (int i = 0; i < dishes; ++i)
        work.push_back(chefs.submit(task));
      for (auto& w : work)
        w.get();
    };
  };
  auto bake = [&] {
    sync::pause(ctx.scaled(1s));
    ++served;
  };
  auto cook = [&] {
    used.chop_for(this_worker::name());
    ++served;
  };
  return measured(ctx, served, used, {all(bake), all(cook)});
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
    "four dishes: waiting for the oven, and chopping; with one chef, one stove, four chefs",
  .next = "Try: kitchen --strokes 200000000, and look at the two columns of speed-ups",
  .workers = dishes,
  .most_workers = dishes,
  .explorable = false,
  .parameters = {{"strokes", 20'000'000, 1, 1'000'000'000, "chopping per dish"}},
  .judge = judge,
  .versions = {{"one_chef", verdict::ok, one_chef},
               {"one_stove", verdict::ok, one_stove},
               {"four_chefs", verdict::ok, four_chefs}},
};

} // namespace mailroom::stories
