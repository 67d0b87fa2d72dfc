// C6: an egg is soft after 3 s and hard after 5 s. Whoever likes it soft cancels the second bell.

#include "actors/timer/actor.hpp"
#include "actors/timer/locked.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/event.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> soft{3};
constexpr std::chrono::duration<double> hard{5};
/// From soft to breakfast: by then, a bell for the hard egg would have rung.
constexpr std::chrono::duration<double> to_breakfast{3};

constexpr auto cook = "cook";
constexpr auto bell = "bell";

/// How often each bell has rung, and how often too early. Only the timer writes it.
struct rings {
  std::int64_t& soft;
  std::int64_t& hard;
  std::int64_t& early;

  outcome measured(bool cancelled) const {
    return {{"soft", soft}, {"cancelled", cancelled}, {"hard", hard}, {"early", early}};
  }
};

using time_point = std::chrono::steady_clock::time_point;

/// Makes a function for a timer: it rings, and then does what is to be done.
/// @param now tells the time, as the timer's clock has it.
template <class Clock>
std::function<void()> ring(
  context& ctx, const rings& r, std::int64_t& count, const char* what, time_point due, Clock now,
  std::function<void()> then = [] {}) {
  return [&ctx, &early = r.early, &count, what, due, now, then] {
    ctx.note(bell, what);
    ++count;
    early += now() < due ? 1 : 0;
    then();
  };
}

void tell(context& ctx, bool cancelled) {
  ctx.note(cook, cancelled ? "takes it out" : "is too late");
}

outcome thread(context& ctx) {
  ctx.cast({cook, bell});
  std::int64_t softs = 0, hards = 0, early = 0, ends = 0;
  rings r{softs, hards, early};
  bool cancelled = false;
  auto cooking = [&] {
    sync::event is_soft{"the soft egg"};
    sync::event is_over{"breakfast"};
    lock_based::timer timer; // ends before what its functions use
    auto now = [] { return std::chrono::steady_clock::now(); };
    auto set = [&](auto delay, std::int64_t& count, const char* what, std::function<void()> then) {
      auto time = ctx.scaled(delay);
      return timer.after(time, ring(ctx, r, count, what, now() + time, now, std::move(then)));
    };
    ctx.note(cook, "puts an egg in");
    auto hard_bell = set(hard, hards, "hard", [] {});
    set(soft, softs, "soft", [&] { is_soft.set(); });
    is_soft.wait();
    cancelled = timer.cancel(hard_bell);
    tell(ctx, cancelled);
    set(to_breakfast, ends, "breakfast", [&] { is_over.set(); });
    is_over.wait();
  };
  ctx.together({{cook, cooking}});
  return r.measured(cancelled);
}

/// The cook as an actor. The timer calls functions, and these send it a message.
caf::behavior cooking(caf::event_based_actor* self, context* ctx, const timer_actor& timer, rings r,
                      std::int64_t* ends, bool* cancelled) {
  auto set = [=, me = caf::actor_cast<caf::actor>(self)](auto delay, std::int64_t& count,
                                                         const char* what, auto... message) {
    auto now = [&clock = self->clock()] { return clock.now(); };
    auto time = ctx->scaled(delay);
    auto then = [=] { (caf::anon_send(me, message), ...); };
    auto f = ring(*ctx, r, count, what, now() + time, now, then);
    return self->request(timer, caf::infinite, after_atom_v, time, f);
  };
  ctx->note(cook, "puts an egg in");
  set(hard, r.hard, "hard").then([=](timer_id hard_bell) {
    self->become(
      [=](cancel_atom) {
        self->request(timer, caf::infinite, cancel_atom_v, hard_bell).then([=](bool in_time) {
          *cancelled = in_time;
          tell(*ctx, in_time);
          set(to_breakfast, *ends, "breakfast", done_atom_v).then([](timer_id) {});
        });
      },
      [=](done_atom) { self->quit(); });
    set(soft, r.soft, "soft", cancel_atom_v).then([](timer_id) {});
  });
  return {};
}

outcome actor(context& ctx) {
  ctx.cast({cook, bell});
  compare::troupe actors{ctx};
  auto timer = actors.spawn("timer", timer_service);
  auto count = [&]() -> std::int64_t& { return actors.observe<std::int64_t>(0); };
  rings r{count(), count(), count()};
  auto& cancelled = actors.observe<bool>(false);
  actors.send_in(cook, cooking, &ctx, timer, r, &count(), &cancelled);
  actors.perform();
  return r.measured(cancelled);
}

// Each bell rings once or is cancelled, and none rings before its time.
verdict judge(const outcome& o) {
  std::int64_t due = o.flag("cancelled") ? 0 : 1;
  if (o.count("soft") < 1 || o.count("hard") < due)
    return verdict::lost_wakeup;
  bool fine = o.count("soft") == 1 && o.count("hard") == due && o.count("early") == 0;
  return fine ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story egg_timer;
const compare::story egg_timer{
  .name = "egg_timer",
  .group = "C",
  .block = "timer",
  .summary = "a bell after 3 s, and one after 5 s that is cancelled in time",
  .next = "Try: egg_timer --scale 1, and mailroom explore egg_timer.actor",
  .workers = 1,
  .most_workers = 1,
  .explorable = true,
  .parameters = {},
  .judge = judge,
  .versions = {{.name = "thread", .expected = verdict::ok, .run = thread, .explorable = false},
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories
