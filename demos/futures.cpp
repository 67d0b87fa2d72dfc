// E1: five shops are asked for the price of bread at once. Who answers first, and who does not?

#include <array>
#include <unordered_map>

#include <fmt/format.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/executor/thread_pool_executor.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

struct shop {
  const char* name;
  std::chrono::duration<double> thinks;
  int price; // of a loaf, in cents; 0: the shop is closed
};

constexpr std::array<shop, 5> shops{{{"baker", 3s, 320},
                                     {"market", 1s, 280},
                                     {"mill", 2s, 250},
                                     {"kiosk", 0.5s, 0},
                                     {"farm", 4s, 300}}};

int ask_for_price(context& ctx, const shop& s) {
  sync::pause(ctx.scaled(s.thinks));
  if (s.price == 0)
    throw std::runtime_error("closed");
  return s.price;
}

// The one function for all executors: `executor` is the contract, not a class.
outcome ask_around(context& ctx, executor auto& pool) {
  std::unordered_map<future<int>, std::string> name_of;
  for (auto& s : shops)
    name_of.emplace(pool.submit(ask_for_price, std::ref(ctx), s), s.name);

  std::int64_t prices = 0;
  std::int64_t failures = 0;
  int lowest = 0;
  std::string cheapest;
  for (auto answer : as_completed(std::views::keys(name_of), 60s)) {
    auto& name = name_of.at(answer);
    try {
      auto price = answer.get();
      ctx.note(name, fmt::format("{} cents", price));
      ++prices;
      if (lowest == 0 || price < lowest) {
        lowest = price;
        cheapest = name;
      }
    } catch (const std::exception& e) {
      ctx.note(name, e.what());
      ++failures;
    }
  }
  return {{"prices", prices}, {"failures", failures}, {"cheapest", cheapest}};
}

void name_columns(context& ctx) {
  std::vector<std::string> names;
  for (auto& s : shops)
    names.push_back(s.name);
  ctx.cast(std::move(names));
}

outcome thread_pool(context& ctx) {
  name_columns(ctx);
  thread_pool_executor pool{{.max_workers = ctx.workers()}};
  return ask_around(ctx, pool);
}

outcome actor_pool(context& ctx) {
  name_columns(ctx);
  actor_pool_executor pool{ctx.actors(), {.max_workers = ctx.workers()}};
  return ask_around(ctx, pool);
}

// Whoever asks hears of every answer once, and of the failure under the name of who failed.
verdict judge(const outcome& o) {
  bool fine = o.count("prices") == 4 && o.count("failures") == 1 && o.text("cheapest") == "mill";
  return fine ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story futures;
const compare::story futures{
  .name = "futures",
  .group = "E",
  .block = "",
  .summary = "five shops are asked at once; answers and failures come by name, as they are ready",
  .next = "Try: futures --workers 1, and futures --scale 1",
  .workers = 5,
  .most_workers = 32,
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"thread_pool", verdict::ok, thread_pool}, {"actor_pool", verdict::ok, actor_pool}},
};

} // namespace mailroom::stories
