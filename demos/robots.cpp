// B2: two polite robots meet in a corridor, and each steps aside for the other.

#include <array>
#include <string_view>

#include "actors/arbiter/actor.hpp"
#include "actors/corridor/backoff.hpp"
#include "actors/corridor/polite.hpp"
#include "actors/corridor/polite_actors.hpp"
#include "actors/corridor/priority.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/explore/stage.hpp"
#include "mailroom/system.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> hesitation{0.1};
constexpr std::array names{"Robot A", "Robot B"};
using walks = std::array<walk, mailroom::robots>;

int most_moves(const context& ctx) {
  auto most = static_cast<int>(ctx.number("moves"));
  return most == 0 ? for_ever : most;
}

corridor_watcher notes(context& ctx) {
  return
    [&ctx](int robot, const char* what) { ctx.note(names[static_cast<std::size_t>(robot)], what); };
}

outcome measured(const walks& w) {
  return {{"a_passed", w[0].passed},
          {"b_passed", w[1].passed},
          {"a_moves", std::int64_t{w[0].moves}},
          {"b_moves", std::int64_t{w[1].moves}}};
}

outcome meet(context& ctx, const std::function<walk(int)>& pass) {
  walks w{};
  std::vector<compare::worker> team;
  for (int robot = 0; robot < mailroom::robots; ++robot) {
    auto i = static_cast<std::size_t>(robot);
    team.push_back({names[i], [&w, &pass, robot, i] { w[i] = pass(robot); }});
  }
  ctx.together(std::move(team));
  return measured(w);
}

template <class Corridor>
outcome with_threads(context& ctx) {
  Corridor corridor{ctx.scaled(hesitation), most_moves(ctx), notes(ctx)};
  return meet(ctx, [&](int robot) { return corridor.pass(robot); });
}

outcome with_luck(context& ctx) {
  backing_off::corridor corridor{ctx.scaled(hesitation), most_moves(ctx), notes(ctx), ctx.seed()};
  return meet(ctx, [&](int robot) { return corridor.pass(robot); });
}

/// Asks for the corridor, walks through it, and gives it back.
caf::behavior asking_robot(caf::event_based_actor* self, arbiter_actor doorman, int robot,
                           std::chrono::nanoseconds time, corridor_watcher tell,
                           std::function<void(walk)> on_end) {
  tell(robot, "asks");
  self->request(doorman, caf::infinite, acquire_atom_v, resources{0}).then([=](lease_id lease) {
    tell(robot, "goes in");
    auto leave = [=] {
      tell(robot, "is through");
      on_end({true, 0});
      self->send(doorman, release_atom_v, lease);
      self->quit();
    };
    if (time.count() == 0)
      return leave();
    self->become([=](done_atom) { leave(); });
    self->delayed_send(self, time, done_atom_v);
  });
  return {};
}

outcome arbiter(context& ctx) {
  ctx.cast({names.begin(), names.end()});
  auto& sys = ctx.actors();
  auto doorman = sys.spawn(mailroom::arbiter, 1);
  walks w{};
  std::vector<caf::actor> team;
  for (std::size_t i = 0; i < w.size(); ++i)
    team.push_back(sys.spawn(asking_robot, doorman, static_cast<int>(i), ctx.scaled(hesitation),
                             notes(ctx), [&w, i](walk how) { w[i] = how; }));
  ctx.await(team);
  return measured(w);
}

outcome polite_actors(context& ctx) {
  ctx.cast({names.begin(), names.end()});
  auto& sys = ctx.actors();
  walks w{};
  std::vector<polite_robot> team;
  for (std::size_t i = 0; i < w.size(); ++i)
    team.push_back(sys.spawn(polite_walker, polite_walk{static_cast<int>(i), ctx.scaled(hesitation),
                                                        most_moves(ctx), notes(ctx),
                                                        [&w, i](walk how) { w[i] = how; }}));
  caf::anon_send(team[0], partner_atom_v, visible_robot{team[1]});
  caf::anon_send(team[1], partner_atom_v, visible_robot{team[0]});
  ctx.await({caf::actor_cast<caf::actor>(team[0]), caf::actor_cast<caf::actor>(team[1])});
  return measured(w);
}

// -- the same, for an exploration -----------------------------------------------------------------------

std::function<outcome()> perform_arbiter(explore::stage& stage, const compare::settings&) {
  auto doorman = stage.spawn("doorman", mailroom::arbiter, 1);
  auto& a = stage.observe<bool>(false);
  auto& b = stage.observe<bool>(false);
  auto send_in = [&](int robot, bool* passed) {
    stage.spawn(names[static_cast<std::size_t>(robot)], asking_robot, doorman, robot, 0ns,
                corridor_watcher{unwatched}, [passed](walk how) { *passed = how.passed; });
  };
  send_in(0, &a);
  send_in(1, &b);
  return [&a, &b] { return measured({walk{a, 0}, walk{b, 0}}); };
}

std::function<outcome()> perform_polite_actors(explore::stage& stage, const compare::settings&) {
  // The state of a robot is where it is: what else it knows is in messages.
  std::array<lane*, mailroom::robots> lanes{&stage.observe<lane>(lane::left),
                                            &stage.observe<lane>(lane::left)};
  auto send_in = [&](int robot) {
    auto i = static_cast<std::size_t>(robot);
    auto tell = [at = lanes[i]](int, std::string_view what) {
      if (what == "steps aside")
        *at = beside(*at);
      else if (what == "is through")
        *at = lane::through;
    };
    return stage.spawn(names[i], polite_walker,
                       polite_walk{robot, 0ns, for_ever, tell, [](walk) {}});
  };
  auto a = send_in(0);
  auto b = send_in(1);
  caf::anon_send(a, partner_atom_v, visible_robot{b});
  caf::anon_send(b, partner_atom_v, visible_robot{a});
  return [lanes] {
    return measured({walk{*lanes[0] == lane::through, 0}, walk{*lanes[1] == lane::through, 0}});
  };
}

verdict judge(const outcome& o) {
  return o.flag("a_passed") && o.flag("b_passed") ? verdict::ok : verdict::livelock;
}

} // namespace

extern const compare::story robots;
const compare::story robots{
  .name = "robots",
  .group = "B",
  .block = "corridor",
  .summary = "two polite robots in a corridor, and each steps aside for the other",
  .next = "Try: mailroom explore robots.polite, and robots --version backoff --seed 2",
  .workers = 2,
  .most_workers = 2,
  .explorable = true,
  .parameters = {{"moves", 20, 0, 1'000, "after which a robot gives up; 0: it never does"}},
  .small = {{"moves", 0}},
  .judge = judge,
  .versions =
    {{.name = "polite",
      .expected = verdict::livelock,
      .run = with_threads<polite::corridor>,
      .endless = true},
     {.name = "backoff",
      .expected = verdict::ok,
      .run = with_luck,
      .endless = true,
      .at_worst = verdict::livelock}, // chance can do the same to both, again and again
     {.name = "priority",
      .expected = verdict::ok,
      .run = with_threads<priority::corridor>,
      .endless = true},
     {.name = "arbiter", .expected = verdict::ok, .run = arbiter, .perform = perform_arbiter},
     {.name = "polite_actors",
      .expected = verdict::livelock,
      .run = polite_actors,
      .perform = perform_polite_actors,
      .endless = true}},
};

} // namespace mailroom::stories
