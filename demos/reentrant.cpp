// B4: a function locks the archive and calls itself for the folders within.

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::stories {

using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> patience{1};

std::string walker(int number) {
  return fmt::format("walker {}", number);
}

outcome measured(context& ctx, std::int64_t visits) {
  ctx.note("archive", fmt::format("{} visits", visits));
  return {{"visits", visits}, {"due", ctx.workers() * ctx.number("depth")}};
}

/// Folders within folders. Counts how often one was visited.
template <class Mutex>
class archive {
public:
  /// Visits a folder, and those `levels` - 1 below it.
  void visit(std::int64_t levels) {
    std::lock_guard lock{mutex_};
    ++visits_;
    if (levels > 1)
      visit(levels - 1);
  }

  std::int64_t visits() const { return visits_; }

private:
  Mutex mutex_{"archive"};
  std::int64_t visits_ = 0; // guarded by mutex_
};

template <class Mutex>
outcome with_threads(context& ctx) {
  archive<Mutex> folders;
  std::vector<compare::worker> walkers;
  for (int i = 1; i <= ctx.workers(); ++i)
    walkers.push_back({walker(i), [&, i] {
                         ctx.note(walker(i), "begins");
                         folders.visit(ctx.number("depth"));
                         ctx.note(walker(i), "is through");
                       }});
  ctx.together(std::move(walkers));
  return measured(ctx, folders.visits());
}

/// The same as an actor.
using archive_actor = caf::typed_actor<          //
  accepts<std::int64_t(add_atom, std::int64_t)>, // visits that many levels; tells how many
  accepts<std::int64_t(get_atom)>>;              // tells how often a folder was visited

struct archive_state {
  std::int64_t visits = 0;
  static inline const char* name = "archive";
};

/// Visits a folder, and those `levels` - 1 below it. Returns how many.
std::int64_t visit(std::int64_t& visits, std::int64_t levels) {
  ++visits;
  return levels > 1 ? 1 + visit(visits, levels - 1) : 1;
}

// While an actor handles a message, nobody else is there: what it calls may call itself.
archive_actor::behavior_type calling_archive(archive_actor::stateful_pointer<archive_state> self) {
  return {
    [self](add_atom, std::int64_t levels) { return visit(self->state.visits, levels); },
    [self](get_atom) { return self->state.visits; },
  };
}

// It asks itself, and handles nothing before it has the answer: not even the question. Nobody would
// ever end it, so it gives up some time.
archive_actor::behavior_type asking_archive(archive_actor::stateful_pointer<archive_state> self,
                                            caf::duration limit) {
  return {
    [=](add_atom, std::int64_t levels) -> caf::result<std::int64_t> {
      ++self->state.visits;
      if (levels <= 1)
        return std::int64_t{1};
      auto answer = self->make_response_promise<std::int64_t>();
      self->request(archive_actor{self}, limit, add_atom_v, levels - 1)
        .await([=](std::int64_t below) mutable { answer.deliver(1 + below); },
               [=](caf::error& reason) mutable {
                 answer.deliver(reason);
                 self->quit(std::move(reason));
               });
      return answer;
    },
    [self](get_atom) { return self->state.visits; },
  };
}

/// Sends in the walkers, and returns how many of them got through.
std::int64_t walk(context& ctx, compare::troupe& actors, const archive_actor& folders) {
  std::vector<bool*> through;
  for (int i = 1; i <= ctx.workers(); ++i) {
    auto* mine = through.emplace_back(&actors.observe<bool>(false));
    actors.send_in(walker(i), [&ctx, folders, i, mine](caf::event_based_actor* self) {
      ctx.note(walker(i), "begins");
      self->request(folders, caf::infinite, add_atom_v, ctx.number("depth"))
        .then(
          [=, &ctx](std::int64_t) {
            *mine = true;
            ctx.note(walker(i), "is through");
          },
          [=, &ctx](caf::error&) { ctx.note(walker(i), "got no answer"); });
    });
  }
  actors.perform();
  return std::count_if(through.begin(), through.end(), [](bool* t) { return *t; });
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto folders = actors.spawn("archive", calling_archive);
  walk(ctx, actors, folders);
  return measured(ctx, actors.ask<std::int64_t>(folders, get_atom_v));
}

outcome self_ask(context& ctx) {
  compare::troupe actors{ctx};
  // An explorer sees who waits for whom: there, nobody needs to lose patience.
  auto limit = ctx.stage() ? caf::duration{caf::infinite} : caf::duration{ctx.scaled(patience)};
  auto folders = actors.spawn("archive", asking_archive, limit);
  if (walk(ctx, actors, folders) < ctx.workers())
    throw compare::stuck{verdict::deadlock, "archive waits for a reply of archive"};
  return measured(ctx, actors.ask<std::int64_t>(folders, get_atom_v));
}

verdict judge(const outcome& o) {
  return o.count("visits") == o.count("due") ? verdict::ok : verdict::lost_update;
}

} // namespace

extern const compare::story reentrant;
const compare::story reentrant{
  .name = "reentrant",
  .group = "B",
  .block = "",
  .summary = "a function locks an archive and calls itself for the folders within",
  .next = "Try: reentrant --depth 100, and reentrant --workers 1: who waits for whom?",
  .workers = 2,
  .most_workers = 16,
  .explorable = true,
  .parameters = {{"depth", 2, 1, 1'000, "folders, each within the one before"}},
  .judge = judge,
  .versions = {{"plain", verdict::deadlock, with_threads<sync::mutex>},
               {"recursive", verdict::ok, with_threads<sync::recursive_mutex>},
               {"actor", verdict::ok, actor, true},
               {"self_ask", verdict::deadlock, self_ask, true}},
};

} // namespace mailroom::stories
