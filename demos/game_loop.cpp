// D12: input 10 times a second, pictures 50 times, sound 100 times. Who has to wait for whom?

#include <algorithm>

#include <fmt/format.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/locking/locked.hpp"
#include "mailroom/messaging/timers.hpp"
#include "mailroom/sync/thread.hpp"
#include "mailroom/system.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

MAILROOM_ATOM(move);
MAILROOM_ATOM(draw);
MAILROOM_ATOM(play);

using clock = std::chrono::steady_clock;

/// The state of the game: a ball that rolls along the diagonal. Anywhere else, it was seen in the
/// middle of a move.
struct ball {
  std::int64_t x = 0;
  std::int64_t y = 0;

  void roll() {
    ++x;
    ++y;
  }
};

/// Turns that come on a grid for a second: so many, the last one when the second is over. It
/// belongs to one thread or actor.
class rhythm {
public:
  rhythm(context& ctx, const char* name, std::int64_t turns, clock::time_point start)
    : ctx_(ctx), name_(name), turns_(turns), start_(start), last_turn_(start) {}

  const char* name() const { return name_; }
  std::chrono::nanoseconds period() const { return second_ / turns_; }
  bool over() const { return past_ == turns_; }

  /// Waits until the next turn is due.
  void wait() const {
    auto next = (second_ * (past_ + 1) + clock::duration{turns_ - 1}) / turns_; // rounded up
    sync::pause(start_ + next - clock::now());
  }

  /// Takes the turn that is due, if one is. Leaves out those that were due before and missed.
  bool take_turn() {
    auto now = clock::now();
    auto due = std::min(turns_, (now - start_) * turns_ / second_);
    if (due == past_)
      return false;
    auto fifth = turns_ / 5;
    bool worth_telling = due / fifth != past_ / fifth;
    left_out_ += due - past_ - 1;
    past_ = due;
    ++taken_;
    largest_gap_ = std::max(largest_gap_, now - last_turn_);
    last_turn_ = now;
    if (worth_telling)
      ctx_.note(name_, fmt::format("{} of {} turns", taken_, past_));
    return true;
  }

  void show(const ball& b) { torn_ += b.x == b.y ? 0 : 1; }

  std::int64_t turns() const { return turns_; }
  std::int64_t taken() const { return taken_; }
  std::int64_t left_out() const { return left_out_; }
  std::int64_t torn() const { return torn_; }
  std::int64_t largest_gap_ms() const {
    return static_cast<std::int64_t>(1000 * ctx_.story_seconds(largest_gap_));
  }

private:
  context& ctx_;
  const char* name_;
  const std::int64_t turns_;
  const clock::time_point start_;
  const clock::duration second_ = std::max<clock::duration>(ctx_.scaled(1s), 1us); // has all turns
  clock::time_point last_turn_;
  clock::duration largest_gap_{};
  std::int64_t past_ = 0; // taken or left out
  std::int64_t taken_ = 0;
  std::int64_t left_out_ = 0;
  std::int64_t torn_ = 0;
};

/// A second of the game.
struct game {
  explicit game(context& ctx)
    : input(ctx, "input", 10, start), picture(ctx, "picture", 50, start),
      sound(ctx, "sound", 100, start) {
    ctx.cast({input.name(), picture.name(), sound.name()});
  }

  bool over() const { return input.over() && picture.over() && sound.over(); }

  outcome measured() const {
    return {{"input", input.taken()},
            {"picture", picture.taken()},
            {"sound", sound.taken()},
            {"left_out", input.left_out() + picture.left_out() + sound.left_out()},
            {"due", input.turns() + picture.turns() + sound.turns()},
            {"torn", picture.torn() + sound.torn()},
            {"largest_gap_ms", picture.largest_gap_ms()}};
  }

  const clock::time_point start = clock::now();
  rhythm input, picture, sound;
};

// Reading the input blocks until there is some. Pictures and sound wait with it.
outcome one_loop(context& ctx) {
  game g{ctx};
  ball b;
  while (!g.over()) {
    g.input.wait();
    if (g.input.take_turn())
      b.roll();
    if (g.picture.take_turn())
      g.picture.show(b);
    if (g.sound.take_turn())
      g.sound.show(b);
  }
  return g.measured();
}

// Each has a loop, and the ball a lock, which nobody holds while drawing: they draw a copy.
outcome threads(context& ctx) {
  game g{ctx};
  locked<ball> b;
  auto loop = [](rhythm& r, std::function<void()> turn) {
    return compare::worker{r.name(), [&r, turn] {
                             while (!r.over()) {
                               r.wait();
                               if (r.take_turn())
                                 turn();
                             }
                           }};
  };
  ctx.together({loop(g.input, [&] { b.with(&ball::roll); }),
                loop(g.picture, [&] { g.picture.show(b.snapshot()); }),
                loop(g.sound, [&] { g.sound.show(b.snapshot()); })});
  return g.measured();
}

// One actor, which waits for whatever comes first. The ball is its own.
outcome actors(context& ctx) {
  auto& sys = ctx.actors(); // the game begins when it is there
  game g{ctx};
  timers clocks{sys};
  auto play = [&](caf::stateful_actor<ball>* self) -> caf::behavior {
    auto at_each_turn = [&, me = caf::actor{self}](const rhythm& r, auto message) {
      clocks.every(r.period(), [me, message] { caf::anon_send(me, message); });
    };
    at_each_turn(g.input, move_atom_v);
    at_each_turn(g.picture, draw_atom_v);
    at_each_turn(g.sound, play_atom_v);
    auto goes_on = [&g, self] {
      if (g.over())
        self->quit();
    };
    return {[&g, self, goes_on](move_atom) {
              if (g.input.take_turn())
                self->state.roll();
              goes_on();
            },
            [&g, self, goes_on](draw_atom) {
              if (g.picture.take_turn())
                g.picture.show(self->state);
              goes_on();
            },
            [&g, self, goes_on](play_atom) {
              if (g.sound.take_turn())
                g.sound.show(self->state);
              goes_on();
            }};
  };
  ctx.await({sys.spawn(play)});
  return g.measured();
}

// Each has its turns, and what was not taken is known. How smoothly is for the reader.
verdict judge(const outcome& o) {
  if (o.count("torn") > 0)
    return verdict::torn_read;
  auto taken = o.count("input") + o.count("picture") + o.count("sound");
  bool starved = o.count("input") == 0 || o.count("picture") == 0 || o.count("sound") == 0;
  return !starved && taken + o.count("left_out") == o.count("due") ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story game_loop;
const compare::story game_loop{
  .name = "game_loop",
  .group = "D",
  .block = "",
  .summary = "input 10 times a second, pictures 50 times, sound 100 times: nobody waits for others",
  .next = "Try: game_loop --scale 1, and game_loop --scale 0.001",
  .workers = 3,
  .most_workers = 3,
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"one_loop", verdict::ok, one_loop},
               {"threads", verdict::ok, threads},
               {"actors", verdict::ok, actors}},
};

} // namespace mailroom::stories
