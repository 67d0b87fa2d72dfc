// D7: the song plays, the picture moves, the next track loads. Who waits for the disk?

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/locking/locked_queue.hpp"
#include "mailroom/sync/event.hpp"
#include "mailroom/sync/thread.hpp"
#include "mailroom/system.hpp"

namespace mailroom::stories {

using compare::context, compare::outcome, compare::verdict;

namespace {

MAILROOM_ATOM(frame);

constexpr std::int64_t frames = 50;
constexpr std::int64_t load_after = 10; // that frame
constexpr std::chrono::duration<double> frame_time{0.04};
constexpr std::chrono::duration<double> reading{0.2};

using samples = std::vector<int>;

/// Waits for the disk, and decodes what comes: a part of the next track.
samples load(context& ctx, std::int64_t part) {
  sync::pause(ctx.scaled(reading));
  samples decoded(20'000);
  std::uint32_t noise = 1;
  for (auto& s : decoded)
    s = static_cast<int>((noise = noise * 1'664'525 + 1'013'904'223) >> 16);
  ctx.note("disk", fmt::format("part {}", part));
  return decoded;
}

/// The foreground. It belongs to one thread or actor.
class player {
public:
  explicit player(context& ctx) : ctx_(ctx), parts_(ctx.number("parts")) {
    ctx.cast({"player", "disk"});
  }

  /// Shows a picture, and plays the sound that goes with it.
  void show(std::int64_t frame) {
    auto now = clock::now();
    if (shown_ > 0)
      largest_gap_ = std::max(largest_gap_, now - last_);
    last_ = now;
    in_order_ = in_order_ && frame == shown_;
    ++shown_;
    while_loading_ += waits_for_track() ? 1 : 0;
    if (shown_ % 5 == 0)
      ctx_.note("player", fmt::format("frame {}", shown_));
  }

  void begin_to_load() { loading_ = true; }

  void take(const samples& decoded) {
    ++loaded_;
    next_track_.insert(next_track_.end(), decoded.begin(), decoded.end());
  }

  bool waits_for_track() const { return loading_ && loaded_ < parts_; }
  std::int64_t loaded() const { return loaded_; } // parts

  outcome measured() const {
    return {{"frames", shown_},
            {"in_order", in_order_},
            {"loaded", loaded_},
            {"parts", parts_},
            {"while_loading", while_loading_},
            {"largest_gap_ms", static_cast<std::int64_t>(1000 * ctx_.story_seconds(largest_gap_))}};
  }

private:
  using clock = std::chrono::steady_clock;
  context& ctx_;
  const std::int64_t parts_;
  clock::time_point last_;
  clock::duration largest_gap_{};
  std::int64_t shown_ = 0;
  std::int64_t while_loading_ = 0;
  bool in_order_ = true;
  bool loading_ = false;
  std::int64_t loaded_ = 0;
  samples next_track_;
};

// The song stops until the track is there.
outcome one_thread(context& ctx) {
  player p{ctx};
  for (std::int64_t i = 0; i < frames; ++i) {
    p.show(i);
    if (i == load_after)
      for (p.begin_to_load(); p.waits_for_track();)
        p.take(load(ctx, p.loaded() + 1));
    sync::pause(ctx.scaled(frame_time));
  }
  return p.measured();
}

// The disk has a thread, which is never more than a part ahead: the queue has room for one.
outcome threads(context& ctx) {
  player p{ctx};
  sync::event wanted{"the wish for a track"};
  locked_queue<samples> buffer{{.capacity = 1}};
  auto play = [&] {
    for (std::int64_t i = 0; i < frames || p.waits_for_track(); ++i) {
      if (i < frames)
        p.show(i);
      if (i == load_after) {
        p.begin_to_load();
        wanted.set();
      }
      if (auto decoded = buffer.try_receive())
        p.take(*decoded);
      sync::pause(ctx.scaled(frame_time));
    }
  };
  auto load_track = [&] {
    wanted.wait();
    for (std::int64_t part = 1; part <= ctx.number("parts"); ++part)
      buffer.send(load(ctx, part));
  };
  ctx.together({{"player", play}, {"disk", load_track}});
  return p.measured();
}

struct player_state {
  std::int64_t asked = 0; // parts
};

// The player asks for a part and goes on; it comes as a message between two frames. Only the disk
// blocks, so it has a thread of its own.
outcome actors(context& ctx) {
  player p{ctx};
  auto disk = ctx.actors().spawn_detached([&ctx]() -> caf::behavior {
    return {[&ctx](get_atom, std::int64_t part) { return load(ctx, part); }};
  });
  auto play = [&, disk](caf::stateful_actor<player_state>* self) -> caf::behavior {
    self->send(self, frame_atom_v, std::int64_t{0});
    return {[&, self, disk](frame_atom, std::int64_t i) {
      if (i < frames)
        p.show(i);
      if (i == load_after)
        p.begin_to_load();
      if (p.waits_for_track() && self->state.asked == p.loaded())
        self->request(disk, caf::infinite, get_atom_v, ++self->state.asked)
          .then([&p](const samples& decoded) { p.take(decoded); });
      if (i < frames || p.waits_for_track())
        self->delayed_send(self, ctx.scaled(frame_time), frame_atom_v, i + 1);
      else
        self->quit();
    }};
  };
  ctx.await({ctx.actors().spawn(play)});
  return p.measured();
}

// All is shown in order, and the track is there. How smoothly is for the reader.
verdict judge(const outcome& o) {
  bool fine =
    o.count("frames") == frames && o.flag("in_order") && o.count("loaded") == o.count("parts");
  return fine ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story music_player;
const compare::story music_player{
  .name = "music_player",
  .group = "D",
  .block = "",
  .summary = "a picture every 40 ms, and a track that takes a second to load meanwhile",
  .next = "Try: music_player --parts 20, and look at the largest gap between two pictures",
  .workers = 2,
  .most_workers = 2,
  .explorable = false,
  .parameters = {{"parts", 5, 1, 100, "of the next track, 0.2 s each"}},
  .judge = judge,
  .versions = {{"one", verdict::ok, one_thread},
               {"threads", verdict::ok, threads},
               {"actors", verdict::ok, actors}},
};

} // namespace mailroom::stories
