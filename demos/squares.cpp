// C5: three workers square 2, 3 and 4, and put what they have on one queue: 4, 9 and 16.

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/locking/locked_queue.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

using numbers = std::vector<std::int64_t>;

constexpr auto collector_name = "collector";

/// 2, 3, 4: one for each worker.
numbers given(const context& ctx) {
  numbers all;
  for (int i = 0; i < ctx.workers(); ++i)
    all.push_back(i + 2);
  return all;
}

std::string worker(std::int64_t n) {
  return fmt::format("worker {}", n);
}

void gather(context& ctx) {
  std::vector<std::string> names;
  for (auto n : given(ctx))
    names.push_back(worker(n));
  names.emplace_back(collector_name);
  ctx.cast(std::move(names));
}

/// Who is asked first takes longest, so that results do not come in the order of the questions.
std::chrono::duration<double> time_for(const context& ctx, std::int64_t n) {
  return 0.5s * (static_cast<double>(ctx.workers() - n) + 2);
}

std::int64_t square(context& ctx, std::int64_t n) {
  ctx.note(worker(n), fmt::format("computes {} x {}", n, n));
  return n * n;
}

std::int64_t slow_square(context& ctx, std::int64_t n) {
  auto result = square(ctx, n);
  sync::pause(ctx.scaled(time_for(ctx, n)));
  return result;
}

void take(context& ctx, numbers& results, std::int64_t result) {
  ctx.note(collector_name, fmt::format("takes {}", result));
  results.push_back(result);
}

/// Results as text, to be compared and to be shown.
outcome collected(context& ctx, const numbers& arrived) {
  auto expected = given(ctx);
  for (auto& n : expected)
    n *= n;
  auto sorted = arrived;
  std::sort(sorted.begin(), sorted.end());
  return {{"arrived", fmt::format("{}", fmt::join(arrived, " "))},
          {"sorted", fmt::format("{}", fmt::join(sorted, " "))},
          {"expected", fmt::format("{}", fmt::join(expected, " "))}};
}

outcome locked(context& ctx) {
  gather(ctx);
  locked_queue<std::int64_t> queue;
  numbers arrived;
  std::vector<compare::worker> team;
  for (auto n : given(ctx))
    team.push_back({worker(n), [&ctx, &queue, n] { queue.send(slow_square(ctx, n)); }});
  team.push_back({collector_name, [&] {
                    for (int i = 0; i < ctx.workers(); ++i)
                      take(ctx, arrived, queue.receive().value());
                  }});
  ctx.together(std::move(team));
  return collected(ctx, arrived);
}

outcome actor(context& ctx) {
  gather(ctx);
  compare::troupe actors{ctx};
  auto& arrived = actors.observe<numbers>();
  auto collect = [&](caf::event_based_actor* self) -> caf::behavior {
    return {[&ctx, &arrived, self](std::int64_t result) {
      take(ctx, arrived, result);
      if (arrived.size() == static_cast<std::size_t>(ctx.workers()))
        self->quit();
    }};
  };
  auto collector = actors.send_in(collector_name, collect);
  for (auto n : given(ctx)) {
    auto work = [&ctx, collector, n](caf::event_based_actor* self) {
      auto deliver = [self, collector, result = square(ctx, n)] {
        self->send(collector, result);
        self->quit();
      };
      compare::pause(self, ctx.hesitation(time_for(ctx, n)), deliver);
    };
    actors.send_in(worker(n), work);
  }
  actors.perform();
  return collected(ctx, arrived);
}

// No queue to be seen: each result has a place of its own, so they come in the order of the
// questions.
outcome futures(context& ctx) {
  gather(ctx);
  actor_pool_executor pool{ctx.actors(), {.max_workers = ctx.workers()}};
  std::vector<future<std::int64_t>> results;
  for (auto n : given(ctx))
    results.push_back(pool.submit([&ctx, n] { return slow_square(ctx, n); }));
  numbers arrived;
  for (auto& each : results)
    take(ctx, arrived, each.get());
  return collected(ctx, arrived);
}

verdict judge(const outcome& o) {
  return o.text("sorted") == o.text("expected") ? verdict::ok : verdict::lost_update;
}

} // namespace

extern const compare::story squares;
const compare::story squares{
  .name = "squares",
  .group = "C",
  .block = "",
  .summary = "workers put 4, 9 and 16 on a queue; whoever is done first comes first",
  .next = "Try: squares --workers 5, and squares --version futures",
  .workers = 3,
  .most_workers = 16,
  .explorable = true,
  .parameters = {},
  .small = {{"workers", 2}},
  .judge = judge,
  .versions = {{"locked", verdict::ok, locked},
               {"actor", verdict::ok, actor, true},
               {.name = "futures", .expected = verdict::ok, .run = futures, .explorable = false}},
};

} // namespace mailroom::stories
