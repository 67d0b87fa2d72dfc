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
#include "mailroom/explore/stage.hpp"
#include "mailroom/messaging/ask.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr int revision = first_revision + 1;
constexpr std::chrono::duration<double> thinking{0.2};
constexpr std::chrono::duration<double> patience{1};
constexpr auto limit = 10s; // for answers that come

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

outcome actor(context& ctx) {
  auto& sys = ctx.actors();
  auto both = sys.spawn(documents);
  bool saved = false, synced = false;
  ctx.together(
    {editor(ctx, "save", saved, [&] { ask<void>(sys, both, limit, save_atom_v, revision); }),
     editor(ctx, "sync", synced, [&] { ask<void>(sys, both, limit, sync_atom_v); })});
  auto now = ask<revisions>(sys, both, limit, get_atom_v);
  return measured(saved, synced, now.local, now.cloud);
}

outcome reserving_actors(context& ctx) {
  auto& sys = ctx.actors();
  reservable_pair both{sys.spawn(reservable_copy), sys.spawn(reservable_copy)};
  ctx.await({sys.spawn(saving_editor, both, revision, ctx.scaled(thinking), notes(ctx)),
             sys.spawn(syncing_editor, both, ctx.scaled(thinking), notes(ctx))});
  return measured(true, true, ask<int>(sys, both.local, limit, get_atom_v),
                  ask<int>(sys, both.cloud, limit, get_atom_v));
}

/// Both copies report that they got no answer only if each waited for the other.
compare::stuck mutual_wait() {
  return {verdict::deadlock, "local copy waits for cloud copy; cloud copy waits for local copy"};
}

outcome mutual_ask(context& ctx) {
  auto& sys = ctx.actors();
  auto both = spawn_awaiting_pair(sys, ctx.scaled(thinking), ctx.scaled(patience), notes(ctx));
  bool saved = false, synced = false;
  ctx.together({{"save", [&] { saved = ask<bool>(sys, both.local, limit, save_atom_v, revision); }},
                {"sync", [&] { synced = ask<bool>(sys, both.cloud, limit, sync_atom_v); }}});
  if (!saved && !synced)
    throw mutual_wait();
  return measured(saved, synced, ask<int>(sys, both.local, limit, get_atom_v),
                  ask<int>(sys, both.cloud, limit, get_atom_v));
}

// -- the same, for an exploration -----------------------------------------------------------------------

/// Asks for something, and notes whether it got it. `Answer`: bool, or nothing.
template <class... Answer, class Actor, class... Request>
auto client(Actor target, bool* done, Request... request) {
  return [=](caf::event_based_actor* self) {
    self->request(target, caf::infinite, request...).then([=](Answer... answer) {
      *done = (true && ... && answer);
    });
  };
}

std::function<outcome()> perform_actor(explore::stage& stage, const compare::settings&) {
  auto both = stage.spawn("documents", documents);
  auto& saved = stage.observe<bool>(false);
  auto& synced = stage.observe<bool>(false);
  stage.spawn("save", client(both, &saved, save_atom_v, revision));
  stage.spawn("sync", client(both, &synced, sync_atom_v));
  return [=, &saved, &synced] {
    auto& now = explore::state_of<documents_state>(both).copies;
    return measured(saved, synced, now.local, now.cloud);
  };
}

std::function<outcome()> perform_reserving_actors(explore::stage& stage, const compare::settings&) {
  reservable_pair both{stage.spawn("local copy", reservable_copy),
                       stage.spawn("cloud copy", reservable_copy)};
  stage.spawn("save", saving_editor, both, revision, 0ns, progress{untold});
  stage.spawn("sync", syncing_editor, both, 0ns, progress{untold});
  return [=] {
    return measured(true, true, explore::state_of<reservable_state>(both.local).revision,
                    explore::state_of<reservable_state>(both.cloud).revision);
  };
}

std::function<outcome()> perform_mutual_ask(explore::stage& stage, const compare::settings&) {
  auto copy = [&](const char* name) {
    return stage.spawn(name, awaiting_copy, stage.spawn("store", slow_store, 0ns),
                       awaiting_options{name, 1s});
  };
  auto local = copy("local copy");
  auto cloud = copy("cloud copy");
  caf::anon_send(local, partner_atom_v, partner_actor{cloud});
  caf::anon_send(cloud, partner_atom_v, partner_actor{local});
  auto& saved = stage.observe<bool>(false);
  auto& synced = stage.observe<bool>(false);
  stage.spawn("save", client<bool>(local, &saved, save_atom_v, revision));
  stage.spawn("sync", client<bool>(cloud, &synced, sync_atom_v));
  return [=, &saved, &synced] {
    if (!saved && !synced)
      throw mutual_wait();
    return measured(saved, synced, explore::state_of<awaiting_state>(local).revision,
                    explore::state_of<awaiting_state>(cloud).revision);
  };
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
     {"actor", verdict::ok, actor, perform_actor},
     {"reserving_actors", verdict::ok, reserving_actors, perform_reserving_actors},
     {"mutual_ask", verdict::deadlock, mutual_ask, perform_mutual_ask}},
};

} // namespace mailroom::stories
