// C4: two producers, two consumers, and a buffer with room for one. Every item is consumed exactly
// once.

#include <atomic>
#include <map>

#include <fmt/format.h>

#include "actors/bounded_buffer/actor.hpp"
#include "actors/bounded_buffer/locked.hpp"
#include "actors/bounded_buffer/one_condition.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> sleep_in{0.5}; // of the consumers: the buffer is full then

std::string producer(int number) {
  return fmt::format("producer {}", number);
}

std::string consumer(int number) {
  return fmt::format("consumer {}", number);
}

/// Numbers the items, and writes down where each one went. Producers say it when an item is in,
/// consumers before they want one, and when they have it.
class ledger {
public:
  explicit ledger(context& ctx)
    : ctx_(ctx), each_(static_cast<int>(ctx.number("items"))),
      got_(static_cast<std::size_t>(ctx.workers())) {
    std::vector<std::string> names;
    for (int i = 1; i <= ctx.workers(); ++i)
      names.push_back(producer(i));
    for (int i = 1; i <= ctx.workers(); ++i)
      names.push_back(consumer(i));
    ctx.cast(std::move(names));
  }

  /// Returns how many items each producer makes, and each consumer gets.
  int each() const { return each_; }

  int item(int maker, int number) const { return (maker - 1) * each_ + number; }

  void is_in(int maker, int number) {
    int now = inside_.fetch_add(1) + 1;
    for (int most = most_.load(); now > most && !most_.compare_exchange_weak(most, now);) {
    }
    ctx_.note(producer(maker), fmt::format("puts {}", item(maker, number)));
  }

  void wants(int) { inside_.fetch_sub(1); }

  void got(int taker, int item) {
    ctx_.note(consumer(taker), fmt::format("gets {}", item));
    got_[static_cast<std::size_t>(taker - 1)].push_back(item);
  }

  outcome tell() const {
    std::map<int, int> times;
    std::int64_t once = 0, out_of_order = 0;
    for (auto& mine : got_) {
      std::map<int, int> last; // of each producer
      for (int item : mine) {
        ++times[item];
        auto [before, first] = last.try_emplace(item / each_, item);
        out_of_order += !first && before->second >= item ? 1 : 0;
        before->second = item;
      }
    }
    for (auto [item, n] : times)
      once += n == 1 ? 1 : 0;
    return {{"items", std::int64_t{each_} * ctx_.workers()},
            {"consumed_once", once},
            {"out_of_order", out_of_order},
            {"most_inside", std::int64_t{most_.load()}},
            {"capacity", ctx_.number("capacity")}};
  }

private:
  context& ctx_;
  int each_;
  std::vector<std::vector<int>> got_; // each by its consumer
  // How many are in the buffer at least: those put, but for those that somebody may have taken.
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
};

template <class Buffer>
outcome with_threads(context& ctx) {
  Buffer buffer{static_cast<int>(ctx.number("capacity"))};
  ledger book{ctx};
  std::vector<compare::worker> team;
  for (int p = 1; p <= ctx.workers(); ++p)
    team.push_back({producer(p), [&, p] {
                      for (int i = 0; i < book.each(); ++i) {
                        buffer.put(book.item(p, i));
                        book.is_in(p, i);
                      }
                    }});
  for (int c = 1; c <= ctx.workers(); ++c)
    team.push_back({consumer(c), [&, c] {
                      sync::pause(ctx.scaled(sleep_in));
                      for (int i = 0; i < book.each(); ++i) {
                        book.wants(c);
                        if (auto item = buffer.get())
                          book.got(c, *item);
                      }
                    }});
  ctx.together(std::move(team));
  return book.tell();
}

/// Puts item after item: the answer is the credit for the next one.
void produce(caf::event_based_actor* self, bounded_buffer_actor buffer, ledger* book, int maker,
             int number) {
  if (number == book->each())
    return;
  self->request(buffer, caf::infinite, put_atom_v, book->item(maker, number)).then([=](bool) {
    book->is_in(maker, number);
    produce(self, buffer, book, maker, number + 1);
  });
}

void consume(caf::event_based_actor* self, bounded_buffer_actor buffer, ledger* book, int taker,
             int number) {
  if (number == book->each())
    return;
  book->wants(taker);
  self->request(buffer, caf::infinite, get_atom_v).then([=](std::optional<int> item) {
    if (item)
      book->got(taker, *item);
    consume(self, buffer, book, taker, number + 1);
  });
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto& book = actors.observe<ledger>(ctx);
  auto buffer = actors.spawn("buffer", bounded_buffer, static_cast<int>(ctx.number("capacity")));
  for (int p = 1; p <= ctx.workers(); ++p)
    actors.send_in(producer(p), produce, buffer, &book, p, 0);
  for (int c = 1; c <= ctx.workers(); ++c)
    actors.send_in(
      consumer(c), [=, &book, time = ctx.hesitation(sleep_in)](caf::event_based_actor* self) {
        compare::hesitate(self, time, [=, &book] { consume(self, buffer, &book, c, 0); });
      });
  actors.perform();
  return book.tell();
}

verdict judge(const outcome& o) {
  if (o.count("consumed_once") != o.count("items"))
    return verdict::lost_update;
  if (o.count("most_inside") > o.count("capacity"))
    return verdict::overdraft;
  return o.count("out_of_order") == 0 ? verdict::ok : verdict::overtaken;
}

} // namespace

extern const compare::story producer_consumer;
const compare::story producer_consumer{
  .name = "producer_consumer",
  .group = "C",
  .block = "bounded_buffer",
  .summary = "two producers, two consumers, room for one item; each is consumed exactly once",
  .next = "Try: producer_consumer --capacity 4, and mailroom explore producer_consumer",
  .workers = 2,
  .most_workers = 16,
  .explorable = true,
  .parameters = {{"items", 5, 1, 100'000, "of each producer"},
                 {"capacity", 1, 1, 1'000, "how many items there is room for"}},
  .small = {{"items", 1}},
  .judge = judge,
  .versions = {{"one_condition", verdict::deadlock, with_threads<one_condition::bounded_buffer>},
               {"locked", verdict::ok, with_threads<lock_based::bounded_buffer>},
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories
