// B1: one thread saves a text, another one syncs it. Each needs both copies.

#include "actors/resource_pair/actor.hpp"
#include "actors/resource_pair/all_at_once.hpp"
#include "actors/resource_pair/hierarchy.hpp"
#include "actors/resource_pair/mutual_ask.hpp"
#include "actors/resource_pair/opposite_order.hpp"
#include "actors/resource_pair/ordered.hpp"
#include "actors/resource_pair/reserving_actors.hpp"
#include "actors/resource_pair/timeout.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr int revision = first_revision + 1;
constexpr std::chrono::duration<double> thinking{0.2};
constexpr std::chrono::duration<double> patience{1};

outcome measured(bool saved, bool synced, int local, int cloud) {
  return {{"saved", saved},
          {"synced", synced},
          {"local", std::int64_t{local}},
          {"cloud", std::int64_t{cloud}},
          {"gave_up", std::int64_t{!saved} + std::int64_t{!synced}}};
}

progress notes(context& ctx) {
  return [&ctx](const char* who, const char* what) { ctx.note(who, what); };
}

compare::worker editor(context& ctx, const char* name, bool& done, std::function<void()> edit) {
  return {name, [&ctx, name, &done, edit] {
            try {
              edit();
              done = true;
            } catch (const timeout_error&) {
              // Only the version `timeout` gives up.
            }
            ctx.note(name, done ? "done" : "gave up");
          }};
}

template <class Documents>
outcome edit(context& ctx, Documents&& documents) {
  bool saved = false, synced = false;
  ctx.together({editor(ctx, "save", saved, [&] { documents.save(revision); }),
                editor(ctx, "sync", synced, [&] { documents.sync(); })});
  return measured(saved, synced, documents.local(), documents.cloud());
}

template <class Documents>
outcome with_threads(context& ctx) {
  return edit(ctx, Documents{ctx.scaled(thinking), notes(ctx)});
}

outcome with_timeout(context& ctx) {
  return edit(ctx, timeout::documents{ctx.scaled(thinking), notes(ctx), ctx.scaled(patience)});
}

/// Asks for something, and notes whether it got it. `Answer`: bool, or nothing.
template <class... Answer, class Actor, class... Request>
auto client(context& ctx, const char* name, Actor target, bool* done, Request... request) {
  return [=, &ctx](caf::event_based_actor* self) {
    self->request(target, caf::infinite, request...).then([=, &ctx](Answer... answer) {
      *done = (true && ... && answer);
      ctx.note(name, *done ? "done" : "gave up");
    });
  };
}

/// Sends in both clients of `local` and `cloud`, which may be the same actor, and returns who has
/// got it. `Answer`: as above.
template <class... Answer, class Actor>
std::pair<bool, bool> with_clients(context& ctx, compare::troupe& actors, const Actor& local,
                                   const Actor& cloud) {
  auto& saved = actors.observe<bool>(false);
  auto& synced = actors.observe<bool>(false);
  actors.send_in("save", client<Answer...>(ctx, "save", local, &saved, save_atom_v, revision));
  actors.send_in("sync", client<Answer...>(ctx, "sync", cloud, &synced, sync_atom_v));
  actors.perform();
  return {saved, synced};
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto both = actors.spawn("documents", documents);
  auto [saved, synced] = with_clients(ctx, actors, both, both);
  auto now = actors.ask<revisions>(both, get_atom_v);
  return measured(saved, synced, now.local, now.cloud);
}

outcome reserving_actors(context& ctx) {
  compare::troupe actors{ctx};
  reservable_pair both{actors.spawn("local copy", reservable_copy),
                       actors.spawn("cloud copy", reservable_copy)};
  actors.send_in("save", saving_editor, both, revision, ctx.hesitation(thinking), notes(ctx));
  actors.send_in("sync", syncing_editor, both, ctx.hesitation(thinking), notes(ctx));
  actors.perform();
  return measured(true, true, actors.ask<int>(both.local, get_atom_v),
                  actors.ask<int>(both.cloud, get_atom_v));
}

outcome mutual_ask(context& ctx) {
  compare::troupe actors{ctx};
  auto copy = [&](const char* name) {
    auto store = actors.spawn("store", slow_store, ctx.hesitation(thinking));
    return actors.spawn(name, awaiting_copy, store,
                        awaiting_options{name, ctx.scaled(patience), notes(ctx)});
  };
  auto local = copy("local copy");
  auto cloud = copy("cloud copy");
  caf::anon_send(local, partner_atom_v, partner_actor{cloud});
  caf::anon_send(cloud, partner_atom_v, partner_actor{local});
  auto [saved, synced] = with_clients<bool>(ctx, actors, local, cloud);
  // Both report that they got no answer only if each waited for the other.
  if (!saved && !synced)
    throw compare::stuck{verdict::deadlock,
                         "local copy waits for cloud copy; cloud copy waits for local copy"};
  return measured(saved, synced, actors.ask<int>(local, get_atom_v),
                  actors.ask<int>(cloud, get_atom_v));
}

verdict judge(const outcome& o) {
  bool equal = o.count("local") == o.count("cloud");
  bool as_told = !o.flag("saved") || o.count("local") == revision;
  return equal && as_told ? verdict::ok : verdict::torn_read;
}

} // namespace

extern const compare::story text_editor;
const compare::story text_editor{
  .name = "text_editor",
  .group = "B",
  .block = "resource_pair",
  .summary = "one saves, one syncs, and both need the local and the cloud copy",
  .next = "Try: text_editor --version timeout --scale 1",
  .workers = 2,
  .most_workers = 2,
  .explorable = true,
  .parameters = {},
  .judge = judge,
  .versions =
    {{"opposite_order", verdict::deadlock, with_threads<opposite_order::documents>},
     {"ordered", verdict::ok, with_threads<ordered::documents>},
     {"timeout", verdict::ok, with_timeout},
     {"hierarchy", verdict::ok, with_threads<hierarchy::documents>},
     {.name = "all_at_once",
      .expected = verdict::ok,
      .run = with_threads<all_at_once::documents>,
      // std::scoped_lock takes one, tries the other one, and backs off: in lockstep, for ever.
      .endless = true,
      .at_worst = verdict::livelock},
     {"actor", verdict::ok, actor, true},
     {"reserving_actors", verdict::ok, reserving_actors, true},
     {"mutual_ask", verdict::deadlock, mutual_ask, true}},
};

} // namespace mailroom::stories
