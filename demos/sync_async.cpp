// D9: three letters have to be fetched, 1 s each, and the table laid, 2 s. Wait first, or begin
// first?

#include <array>
#include <numeric>
#include <string>

#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/future/promise.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::array<const char*, 3> senders{"Ada", "Bob", "Cleo"};

/// An evening: what is to be done, and how long it took.
class evening {
public:
  explicit evening(context& ctx) : ctx_(ctx), start_(clock::now()) {}

  std::string fetch(const char* sender) {
    ctx_.note("letters", std::string("fetching ") + sender + "'s");
    sync::pause(ctx_.scaled(1s));
    return std::string("Dear friend, yours, ") + sender;
  }

  void lay_table() {
    ctx_.note("table", "laying");
    sync::pause(ctx_.scaled(2s));
    ctx_.note("table", "laid");
  }

  outcome end(std::int64_t words) const {
    return {{"words", words}, {"story_seconds", ctx_.story_seconds(clock::now() - start_)}};
  }

private:
  using clock = std::chrono::steady_clock;
  context& ctx_;
  clock::time_point start_;
};

std::int64_t count_words(const std::string& letter) {
  return 1 + std::count(letter.begin(), letter.end(), ' ');
}

executor_options as_asked(const context& ctx) {
  return {.max_workers = ctx.workers(), .thread_name_prefix = "messenger"};
}

// Each line waits for the one before it.
outcome synchronous(context& ctx) {
  evening e{ctx};
  std::int64_t words = 0;
  for (auto* sender : senders)
    words += count_words(e.fetch(sender));
  e.lay_table();
  return e.end(words);
}

// Begin, do something else, collect. Who collects, waits.
outcome with_futures(context& ctx) {
  evening e{ctx};
  actor_pool_executor messengers{ctx.actors(), as_asked(ctx)};
  std::vector<future<std::string>> letters;
  for (auto* sender : senders)
    letters.push_back(messengers.submit([&e, sender] { return e.fetch(sender); }));
  e.lay_table();
  std::int64_t words = 0;
  for (auto& letter : letters)
    words += count_words(letter.get());
  return e.end(words);
}

// Say what is to happen with each letter when it comes. Nobody waits, until the very end.
outcome with_then(context& ctx) {
  evening e{ctx};
  actor_pool_executor messengers{ctx.actors(), as_asked(ctx)};
  std::vector<future<std::int64_t>> counts;
  for (auto* sender : senders)
    counts.push_back(messengers.submit([&e, sender] { return e.fetch(sender); }).then(count_words));
  auto total = when_all(counts).then([](const std::vector<future<std::int64_t>>& all) {
    return std::accumulate(all.begin(), all.end(), std::int64_t{0},
                           [](auto sum, auto& f) { return sum + f.get(); });
  });
  e.lay_table();
  return e.end(total.get());
}

// Reads like the first one, and blocks nobody: the thread goes back to the table at `co_await`.
future<std::int64_t> read_all(evening& e, actor_pool_executor& messengers) {
  std::vector<future<std::string>> letters;
  for (auto* sender : senders)
    letters.push_back(messengers.submit([&e, sender] { return e.fetch(sender); }));
  std::int64_t words = 0;
  for (auto& letter : letters)
    words += count_words(co_await letter);
  co_return words;
}

outcome with_coroutine(context& ctx) {
  evening e{ctx};
  actor_pool_executor messengers{ctx.actors(), as_asked(ctx)};
  auto words = read_all(e, messengers);
  e.lay_table();
  return e.end(words.get());
}

// The same words, whoever waits; and no table is laid before its time.
verdict judge(const outcome& o) {
  return o.count("words") == 12 && o.number("story_seconds") >= 2 ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story sync_async;
const compare::story sync_async{
  .name = "sync_async",
  .group = "D",
  .block = "",
  .summary = "three letters to fetch, 1 s each, and a table to lay, 2 s: 5 s, or 2 s",
  .next = "Try: sync_async --scale 1, and sync_async --workers 1",
  .workers = 3,
  .most_workers = 8,
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"sync", verdict::ok, synchronous},
               {"future", verdict::ok, with_futures},
               {"then", verdict::ok, with_then},
               {"co_await", verdict::ok, with_coroutine}},
};

} // namespace mailroom::stories
