// D1: toast takes 3 s, coffee 2 s, eggs 4 s. One after the other, or together?

#include <array>
#include <atomic>

#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

struct dish {
  const char* name;
  std::chrono::duration<double> time;
};

constexpr std::array<dish, 3> menu{{{"toast", 3s}, {"coffee", 2s}, {"eggs", 4s}}};

/// Measures a breakfast from when it is made, in story time, and counts what is on the table.
class table {
public:
  explicit table(context& ctx) : ctx_(ctx), start_(clock::now()) {}

  void starts(const dish& d) { ctx_.note(d.name, "on the stove"); }
  void is_done(const dish& d) {
    served_.fetch_add(1);
    ctx_.note(d.name, "ready");
  }

  /// Prepares a dish while the caller waits.
  void cook(const dish& d) {
    starts(d);
    sync::pause(ctx_.scaled(d.time));
    is_done(d);
  }

  outcome serve() const {
    return {{"dishes", served_.load()},
            {"story_seconds", ctx_.story_seconds(clock::now() - start_)}};
  }

private:
  using clock = std::chrono::steady_clock;
  context& ctx_;
  clock::time_point start_;
  std::atomic<std::int64_t> served_{0};
};

outcome sequential(context& ctx) {
  table breakfast{ctx};
  for (auto& d : menu)
    breakfast.cook(d);
  return breakfast.serve();
}

outcome threads(context& ctx) {
  table breakfast{ctx};
  std::vector<compare::worker> cooks;
  for (auto& d : menu)
    cooks.push_back({d.name, [&] { breakfast.cook(d); }});
  ctx.together(std::move(cooks));
  return breakfast.serve();
}

// Workers that block, each with a thread of its own, take the dishes from one mailbox.
outcome actor_pool(context& ctx) {
  table breakfast{ctx};
  actor_pool_executor cooks{ctx.actors(), {.max_workers = ctx.workers()}};
  std::vector<future<void>> orders;
  for (auto& d : menu)
    orders.push_back(cooks.submit([&] { breakfast.cook(d); }));
  for (auto& order : orders)
    order.get();
  return breakfast.serve();
}

// Nobody blocks: each dish is an actor that sends itself a message for when it is ready.
outcome actors(context& ctx) {
  table breakfast{ctx};
  std::vector<caf::actor> dishes;
  for (auto& d : menu)
    dishes.push_back(ctx.actors().spawn([&](caf::event_based_actor* self) -> caf::behavior {
      breakfast.starts(d);
      self->delayed_send(self, ctx.scaled(d.time), done_atom_v);
      return {[&, self](done_atom) {
        breakfast.is_done(d);
        self->quit();
      }};
    }));
  ctx.await(dishes);
  return breakfast.serve();
}

// Nothing is shared, so nothing can get lost; but no dish is ready before its time.
verdict judge(const outcome& o) {
  bool fine = o.count("dishes") == 3 && o.number("story_seconds") >= 4;
  return fine ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story breakfast;
const compare::story breakfast{
  .name = "breakfast",
  .group = "D",
  .block = "",
  .summary = "toast takes 3 s, coffee 2 s, eggs 4 s: 9 s one by one, 4 s together",
  .next = "Try: breakfast --scale 1, and breakfast --workers 1 (of the pool)",
  .workers = 3,
  .most_workers = 8,
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"sequential", verdict::ok, sequential},
               {"threads", verdict::ok, threads},
               {"actor_pool", verdict::ok, actor_pool},
               {"actors", verdict::ok, actors}},
};

} // namespace mailroom::stories
