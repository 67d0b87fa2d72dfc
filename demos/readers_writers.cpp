// C7: a train takes an hour. Who reads the timetable while it is put off sees one that does not.

#include <mutex>
#include <shared_mutex>

#include <fmt/format.h>

#include "actors/cell/actor.hpp"
#include "actors/readers_writers/actor.hpp"
#include "actors/readers_writers/locked.hpp"
#include "actors/readers_writers/racy.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr auto writer = "station";
constexpr std::int64_t first_departure = 8;
constexpr std::int64_t hours = 1;

// Reading takes longer than writing, and begins earlier.
constexpr std::chrono::duration<double> reading{0.5};
constexpr std::chrono::duration<double> writing{0.2};

std::string reader(int number) {
  return fmt::format("reader {}", number);
}

/// Notes what a reader has read. Returns whether there is no such train.
bool is_torn(context& ctx, int number, std::int64_t departure, std::int64_t arrival) {
  ctx.note(reader(number), fmt::format("reads {} to {}", departure, arrival));
  return arrival - departure != hours;
}

void gather(context& ctx) {
  std::vector<std::string> names{writer};
  for (int i = 1; i <= ctx.workers(); ++i)
    names.push_back(reader(i));
  ctx.cast(std::move(names));
}

outcome measured(const context& ctx, std::int64_t torn, std::int64_t departure) {
  return {{"reads", ctx.workers() * ctx.number("reads")},
          {"torn", torn},
          {"expected", first_departure + ctx.number("delays")},
          {"departure", departure}};
}

template <class Lock>
outcome with_threads(context& ctx) {
  gather(ctx);
  Lock guard;
  sync::shared<std::int64_t> departure{first_departure, "departure"};
  sync::shared<std::int64_t> arrival{first_departure + hours, "arrival"};
  sync::atomic<std::int64_t> torn{0, "torn"};
  std::vector<compare::worker> people;
  people.push_back({writer, [&] {
                      for (int n = 0; n < ctx.number("delays"); ++n) {
                        sync::pause(ctx.scaled(writing));
                        std::unique_lock lock{guard};
                        std::int64_t later = departure + 1;
                        departure = later;
                        sync::pause(ctx.scaled(writing));
                        arrival = later + hours;
                        ctx.note(writer, fmt::format("says {} to {}", later, later + hours));
                      }
                    }});
  for (int i = 1; i <= ctx.workers(); ++i)
    people.push_back({reader(i), [&, i] {
                        sync::pause(ctx.scaled(reading * (i - 1) / ctx.workers())); // in turns
                        for (int n = 0; n < ctx.number("reads"); ++n) {
                          std::shared_lock lock{guard};
                          std::int64_t from = departure;
                          sync::pause(ctx.scaled(reading));
                          if (is_torn(ctx, i, from, arrival))
                            torn.fetch_add(1);
                        }
                      }});
  ctx.together(std::move(people));
  return measured(ctx, torn.load(), departure);
}

/// The two halves are actors of their own, and a third one lends both. It keeps out whoever asks
/// it, not whoever does not.
struct shared_timetable {
  readers_writers_actor lender;
  cell_actor departure;
  cell_actor arrival;
};

/// An actor that reads: what follows from an answer is in the handler of the answer.
struct reading_actor {
  void read(std::int64_t times) const {
    if (times == 0)
      return self->quit();
    self->request(train.lender, caf::infinite, read_atom_v).then([me = *this, times](bool) {
      me.look(times);
    });
  }

  void look(std::int64_t times) const {
    self->request(train.departure, caf::infinite, get_atom_v)
      .then([me = *this, times](std::int64_t from) {
        me.self->request(me.train.arrival, caf::infinite, get_atom_v)
          .then([me, times, from](std::int64_t to) {
            *me.torn += is_torn(*me.ctx, me.number, from, to) ? 1 : 0;
            me.self->send(me.train.lender, release_atom_v);
            me.read(times - 1);
          });
      });
  }

  caf::event_based_actor* self;
  shared_timetable train;
  context* ctx;
  int number;
  std::int64_t* torn; // of its own
};

struct writing_actor {
  void put_off(std::int64_t hour, std::int64_t times) const {
    if (times == 0)
      return self->quit();
    self->request(train.lender, caf::infinite, write_atom_v).then([me = *this, hour, times](bool) {
      me.write(hour, times);
    });
  }

  void write(std::int64_t hour, std::int64_t times) const {
    self->request(train.departure, caf::infinite, put_atom_v, hour).then([me = *this, hour, times] {
      me.self->request(me.train.arrival, caf::infinite, put_atom_v, hour + hours)
        .then([me, hour, times] {
          me.ctx->note(writer, fmt::format("says {} to {}", hour, hour + hours));
          me.self->send(me.train.lender, release_atom_v);
          me.put_off(hour + 1, times - 1);
        });
    });
  }

  caf::event_based_actor* self;
  shared_timetable train;
  context* ctx;
};

outcome actor(context& ctx) {
  gather(ctx);
  compare::troupe actors{ctx};
  shared_timetable train{actors.spawn("lender", mailroom::readers_writers),
                         actors.spawn("departure", cell, first_departure),
                         actors.spawn("arrival", cell, first_departure + hours)};
  actors.send_in(writer, [&ctx, train](caf::event_based_actor* self) {
    writing_actor{self, train, &ctx}.put_off(first_departure + 1, ctx.number("delays"));
  });
  std::vector<const std::int64_t*> torn;
  for (int i = 1; i <= ctx.workers(); ++i) {
    auto& mine = actors.observe<std::int64_t>(0);
    torn.push_back(&mine);
    actors.send_in(reader(i), [&ctx, &mine, train, i](caf::event_based_actor* self) {
      reading_actor{self, train, &ctx, i, &mine}.read(ctx.number("reads"));
    });
  }
  actors.perform();
  std::int64_t all = 0;
  for (auto* each : torn)
    all += *each;
  return measured(ctx, all, actors.ask<std::int64_t>(train.departure, get_atom_v));
}

verdict judge(const outcome& o) {
  if (o.count("torn") > 0)
    return verdict::torn_read;
  return o.count("departure") == o.count("expected") ? verdict::ok : verdict::lost_update;
}

} // namespace

extern const compare::story readers_writers;
const compare::story readers_writers{
  .name = "readers_writers",
  .group = "C",
  .block = "readers_writers",
  .summary = "a train is put off: who reads meanwhile must not see half of it",
  .next = "Try: mailroom explore readers_writers, and readers_writers --workers 7",
  .workers = 2,
  .most_workers = 16,
  .explorable = true,
  .parameters = {{"reads", 2, 1, 1'000, "by each reader"},
                 {"delays", 2, 1, 1'000, "an hour each, by the station"}},
  .small = {{"workers", 1}, {"reads", 1}, {"delays", 1}},
  .judge = judge,
  .versions = {{"racy", verdict::torn_read, with_threads<racy::readers_writers>},
               {"locked", verdict::ok, with_threads<lock_based::readers_writers>},
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories
