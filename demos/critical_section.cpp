// A6: three people count ballot boxes. Does the total have to be locked while they count?

#include <mutex>

#include <fmt/format.h>

#include "actors/counter/actor.hpp"
#include "actors/counter/racy.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using compare::context, compare::outcome, compare::verdict;

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::duration<double> counting{0.1}; // the votes in a box

std::int64_t votes_in(int teller, std::int64_t box) {
  return 100 + (7 * teller + 3 * box) % 50;
}

/// How long somebody waited for the total and kept others from it. Nobody else writes it.
struct times {
  clock::duration waited{};
  clock::duration held{};
};

/// A lock that is timed while it lives.
class section {
public:
  section(sync::mutex& mutex, times& mine) : section(mutex, mine, clock::now()) {}
  ~section() { mine_.held += clock::now() - since_; }
  section(const section&) = delete;
  section& operator=(const section&) = delete;

private:
  section(sync::mutex& mutex, times& mine, clock::time_point asked)
    : lock_(mutex), mine_(mine), since_(clock::now()) {
    mine_.waited += since_ - asked;
  }

  std::lock_guard<sync::mutex> lock_;
  times& mine_;
  clock::time_point since_;
};

std::string teller(int number) {
  return fmt::format("teller {}", number);
}

void tell(context& ctx, int number, std::int64_t box) {
  ctx.note(teller(number), fmt::format("box {}: {}", box, votes_in(number, box)));
}

std::int64_t microseconds(clock::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

/// Returns the times of all per box, in microseconds of real time.
outcome measured(context& ctx, std::int64_t votes, const std::vector<times*>& all) {
  std::int64_t due = 0;
  times sum;
  for (int i = 1; i <= ctx.workers(); ++i) {
    for (std::int64_t box = 1; box <= ctx.number("boxes"); ++box)
      due += votes_in(i, box);
    auto& one = *all[static_cast<std::size_t>(i) - 1];
    sum.waited += one.waited;
    sum.held += one.held;
  }
  auto added = ctx.workers() * ctx.number("boxes");
  ctx.note("total", fmt::format("{} votes", votes));
  return {{"votes", votes},
          {"due", due},
          {"waited_us", microseconds(sum.waited / added)},
          {"held_us", microseconds(sum.held / added)}};
}

/// The total, and the lock that everybody takes before touching it: it has no protection itself.
struct guarded_total {
  sync::mutex mutex{"total"};
  racy::counter votes; // guarded by mutex
};

/// Has each box counted by `count_box(total, votes, times)`, which adds its votes to the total.
template <class CountBox>
outcome with_threads(context& ctx, CountBox count_box) {
  guarded_total total;
  std::vector<times> own(static_cast<std::size_t>(ctx.workers()));
  std::vector<times*> all;
  std::vector<compare::worker> tellers;
  for (int i = 1; i <= ctx.workers(); ++i) {
    auto& mine = *all.emplace_back(&own[static_cast<std::size_t>(i) - 1]);
    tellers.push_back({teller(i), [&, i] {
                         for (std::int64_t box = 1; box <= ctx.number("boxes"); ++box) {
                           count_box(total, votes_in(i, box), mine);
                           tell(ctx, i, box);
                         }
                       }});
  }
  ctx.together(std::move(tellers));
  return measured(ctx, total.votes.value(), all);
}

outcome long_section(context& ctx) {
  return with_threads(ctx, [&ctx](guarded_total& total, std::int64_t votes, times& mine) {
    section s{total.mutex, mine};
    sync::pause(ctx.scaled(counting));
    total.votes.add(votes);
  });
}

outcome short_section(context& ctx) {
  return with_threads(ctx, [&ctx](guarded_total& total, std::int64_t votes, times& mine) {
    sync::pause(ctx.scaled(counting));
    section s{total.mutex, mine};
    total.votes.add(votes);
  });
}

/// Counts one box after the other, and sends the total what is in it.
caf::behavior counting_teller(caf::event_based_actor* self, counter_actor total, int number,
                              context* ctx, times* mine) {
  self->delayed_send(self, ctx->scaled(counting), done_atom_v, std::int64_t{1});
  return {[=](done_atom, std::int64_t box) {
    auto asked = clock::now();
    self->send(total, add_atom_v, votes_in(number, box));
    mine->waited += clock::now() - asked;
    tell(*ctx, number, box);
    if (box == ctx->number("boxes"))
      return self->quit();
    self->delayed_send(self, ctx->scaled(counting), done_atom_v, box + 1);
  }};
}

// Nobody holds anything: all that somebody waits for is that a message is sent.
outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto total = actors.spawn("total", mailroom::counter, 0);
  std::vector<times*> all;
  for (int i = 1; i <= ctx.workers(); ++i) {
    all.push_back(&actors.observe<times>());
    actors.send_in(teller(i), counting_teller, total, i, &ctx, all.back());
  }
  actors.perform();
  return measured(ctx, actors.ask<std::int64_t>(total, get_atom_v), all);
}

// The votes have to be right. How long it took is for the reader.
verdict judge(const outcome& o) {
  return o.count("votes") == o.count("due") ? verdict::ok : verdict::lost_update;
}

} // namespace

extern const compare::story critical_section;
const compare::story critical_section{
  .name = "critical_section",
  .group = "A",
  .block = "counter",
  .summary = "three people count ballot boxes and add to one total; how long is it locked?",
  .next = "Try: critical_section --workers 10, and look at waited_us",
  .workers = 3,
  .most_workers = 16,
  .explorable = false,
  .parameters = {{"boxes", 5, 1, 1'000, "that each of them counts"}},
  .judge = judge,
  .versions = {{"long", verdict::ok, long_section},
               {"short", verdict::ok, short_section},
               {"actor", verdict::ok, actor}},
};

} // namespace mailroom::stories
