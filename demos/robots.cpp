// B2: two polite robots meet in a corridor, and each steps aside for the other.

#include <array>
#include <string_view>

#include "actors/arbiter/actor.hpp"
#include "actors/corridor/backoff.hpp"
#include "actors/corridor/polite.hpp"
#include "actors/corridor/polite_actors.hpp"
#include "actors/corridor/priority.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"

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
void asking_robot(caf::event_based_actor* self, arbiter_actor doorman, int robot,
                  std::chrono::nanoseconds time, corridor_watcher tell,
                  std::function<void(walk)> on_end) {
  tell(robot, "asks");
  self->request(doorman, caf::infinite, acquire_atom_v, resources{0}).then([=](lease_id lease) {
    tell(robot, "goes in");
    compare::pause(self, time, [=] {
      tell(robot, "is through");
      on_end({true, 0});
      self->send(doorman, release_atom_v, lease);
      self->quit();
    });
  });
}

/// Where actors leave how they got through.
struct logbook {
  explicit logbook(compare::troupe& actors) {
    for (auto& e : entries)
      e = {&actors.observe<bool>(false), &actors.observe<int>(0)};
  }

  std::function<void(walk)> of(std::size_t robot) const {
    return [e = entries[robot]](walk how) {
      *e.passed = how.passed;
      *e.moves = how.moves;
    };
  }

  outcome read() const {
    auto walk_of = [](const entry& e) { return walk{*e.passed, *e.moves}; };
    return measured({walk_of(entries[0]), walk_of(entries[1])});
  }

  struct entry {
    bool* passed;
    int* moves;
  };

  std::array<entry, mailroom::robots> entries{};
};

outcome arbiter(context& ctx) {
  compare::troupe actors{ctx};
  logbook log{actors};
  auto doorman = actors.spawn("doorman", mailroom::arbiter, 1);
  for (std::size_t i = 0; i < names.size(); ++i)
    actors.send_in(names[i], asking_robot, doorman, static_cast<int>(i), ctx.hesitation(hesitation),
                   notes(ctx), log.of(i));
  actors.perform();
  return log.read();
}

outcome polite_actors(context& ctx) {
  compare::troupe actors{ctx};
  logbook log{actors};
  std::array<polite_robot, mailroom::robots> team{};
  for (std::size_t i = 0; i < team.size(); ++i) {
    // The state of a robot is where it is: what else it knows is in messages.
    auto tell = [tell = notes(ctx), &at = actors.observe<lane>(lane::left)](int robot,
                                                                            const char* what) {
      tell(robot, what);
      if (what == std::string_view{"steps aside"})
        at = beside(at);
      else if (what == std::string_view{"is through"})
        at = lane::through;
    };
    team[i] = actors.send_in(names[i], polite_walker,
                             polite_walk{static_cast<int>(i), ctx.hesitation(hesitation),
                                         most_moves(ctx), tell, log.of(i)});
  }
  caf::anon_send(team[0], partner_atom_v, visible_robot{team[1]});
  caf::anon_send(team[1], partner_atom_v, visible_robot{team[0]});
  actors.perform();
  return log.read();
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
  .versions = {{.name = "polite",
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
               {.name = "arbiter", .expected = verdict::ok, .run = arbiter, .actors = true},
               {.name = "polite_actors",
                .expected = verdict::livelock,
                .run = polite_actors,
                .actors = true,
                .endless = true}},
};

} // namespace mailroom::stories
