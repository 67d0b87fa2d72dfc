// B3: each has one thing and wants that of the next one, all around. Who waits for whom is told.

#include <algorithm>
#include <deque>
#include <mutex>

#include <fmt/format.h>

#include "actors/arbiter/actor.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> thinking{0.2};

/// People around a table, and one thing between each two of them. To do something takes both that
/// are within reach: the own one, and that of the next.
struct table {
  std::vector<std::string> people;
  std::vector<std::string> things; ///< one or more for each; two at least

  std::size_t own(std::size_t person) const { return person; }
  std::size_t next(std::size_t person) const { return (person + 1) % things.size(); }

  /// Returns who waits for whom if everybody has the own thing and wants the other one, beginning
  /// with `first`.
  std::string ring(std::size_t first) const {
    std::string text;
    for (std::size_t i = 0; i < people.size(); ++i) {
      auto person = (first + i) % people.size();
      text += fmt::format("{}{} waits for {}, held by {}", i == 0 ? "" : "; ", people[person],
                          things[next(person)], people[next(person) % people.size()]);
    }
    return text;
  }

  /// Returns whether a deadlock's name says exactly that, whoever it begins with.
  bool is_ring(const std::string& name) const {
    for (std::size_t first = 0; first < people.size(); ++first)
      if (name == ring(first))
        return true;
    return false;
  }
};

table philosophers(const context& ctx) {
  table dinner;
  for (int i = 1; i <= ctx.workers(); ++i)
    dinner.people.push_back(fmt::format("guest {}", i));
  for (int i = 1; i <= std::max(ctx.workers(), 2); ++i) // a lone guest has two forks
    dinner.things.push_back(fmt::format("fork {}", i));
  return dinner;
}

/// @param done how many got both things.
/// @param named what was told of a deadlock; empty if there was none.
outcome measured(const table& t, std::int64_t done, const std::string& named) {
  outcome o{{"done", done},
            {"of", static_cast<std::int64_t>(t.people.size())},
            {"deadlock", !named.empty()}};
  if (!named.empty()) {
    o.set("is_the_ring", t.is_ring(named));
    o.set("named", named);
  }
  return o;
}

/// Which thing is taken first.
enum class order { own_first, lower_first };

outcome with_threads(context& ctx, const table& t, order how) {
  std::deque<sync::mutex> locks;
  for (auto& thing : t.things)
    locks.emplace_back(thing.c_str());
  std::vector<int> done(t.people.size()); // each writes its own
  std::vector<compare::worker> team;
  for (std::size_t i = 0; i < t.people.size(); ++i)
    team.push_back({t.people[i], [&, i] {
                      auto first = t.own(i);
                      auto second = t.next(i);
                      if (how == order::lower_first && second < first)
                        std::swap(first, second);
                      std::lock_guard one{locks[first]};
                      ctx.note(t.people[i], "has " + t.things[first]);
                      sync::pause(ctx.scaled(thinking));
                      ctx.note(t.people[i], "wants " + t.things[second]);
                      std::lock_guard two{locks[second]};
                      done[i] = 1;
                      ctx.note(t.people[i], "has both");
                    }});
  std::string named;
  try {
    ctx.together(std::move(team));
  } catch (const compare::stuck& e) {
    if (e.kind != verdict::deadlock)
      throw;
    named = e.what();
  }
  return measured(t, std::count(done.begin(), done.end(), 1), named);
}

outcome two_locks(context& ctx) {
  return with_threads(ctx, {{"Ann", "Bob"}, {"pen", "paper"}}, order::own_first);
}

outcome three_locks(context& ctx) {
  return with_threads(ctx, {{"Ann", "Bob", "Cem"}, {"pen", "ink", "paper"}}, order::own_first);
}

outcome dining_philosophers(context& ctx) {
  return with_threads(ctx, philosophers(ctx), order::own_first);
}

outcome ordered_philosophers(context& ctx) {
  return with_threads(ctx, philosophers(ctx), order::lower_first);
}

/// Asks for both forks at once, eats, and gives them back.
void asking_guest(caf::event_based_actor* self, arbiter_actor waiter, std::string name,
                  resources forks, std::chrono::nanoseconds time, context* ctx, bool* done) {
  ctx->note(name, "asks for both");
  self->request(waiter, caf::infinite, acquire_atom_v, forks).then([=](lease_id lease) {
    ctx->note(name, "has both");
    compare::pause(self, time, [=] {
      *done = true;
      ctx->note(name, "is done");
      self->send(waiter, release_atom_v, lease);
      self->quit();
    });
  });
}

outcome arbiter(context& ctx) {
  auto dinner = philosophers(ctx);
  compare::troupe actors{ctx};
  auto waiter = actors.spawn("waiter", mailroom::arbiter, static_cast<int>(dinner.things.size()));
  std::vector<bool*> done;
  for (std::size_t i = 0; i < dinner.people.size(); ++i) {
    resources forks{static_cast<int>(dinner.own(i)), static_cast<int>(dinner.next(i))};
    auto* mine = done.emplace_back(&actors.observe<bool>(false));
    actors.send_in(dinner.people[i], asking_guest, waiter, dinner.people[i], forks,
                   ctx.hesitation(thinking), &ctx, mine);
  }
  actors.perform();
  return measured(dinner, std::count_if(done.begin(), done.end(), [](bool* d) { return *d; }), "");
}

// A deadlock that is named wrongly is worse than one without a name.
verdict judge(const outcome& o) {
  if (!o.flag("deadlock"))
    return o.count("done") == o.count("of") ? verdict::ok : verdict::crash;
  return o.flag("is_the_ring") && o.count("done") == 0 ? verdict::deadlock : verdict::crash;
}

} // namespace

extern const compare::story deadlock_watch;
const compare::story deadlock_watch{
  .name = "deadlock_watch",
  .group = "B",
  .block = "arbiter",
  .summary = "each has a lock and wants that of the next one, all around; who waits for whom?",
  .next = "Try: deadlock_watch --workers 12, and mailroom explore deadlock_watch.philosophers",
  .workers = 5,
  .most_workers = 20,
  .explorable = true,
  .parameters = {},
  .small = {{"workers", 3}},
  .judge = judge,
  .versions = {{"two_locks", verdict::deadlock, two_locks},
               {"three_locks", verdict::deadlock, three_locks},
               {"philosophers", verdict::deadlock, dining_philosophers},
               {"ordered_philosophers", verdict::ok, ordered_philosophers},
               {"arbiter", verdict::ok, arbiter, true}},
};

} // namespace mailroom::stories
