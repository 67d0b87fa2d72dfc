// D5: a daemon ticks every second, until the program ends after 3 s. Nobody may tick after that.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

#include <fmt/format.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/sync/event.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"
#include "mailroom/system.hpp"
#include "mailroom/trace/threads.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;
using clock = std::chrono::steady_clock;

namespace {

/// Between the last tick and the end of the program: the daemon waits for the next tick by then.
constexpr std::chrono::duration<double> a_moment{0.001};

/// The program in the foreground, which ends after some seconds, and hears the ticks.
class program {
public:
  explicit program(context& ctx) : ctx_(ctx), lasts_(ctx.number("lasts")) {
    ctx.cast({"program", "daemon"});
    ctx.note("program", "begins");
  }

  clock::time_point start() const { return start_; }
  std::chrono::nanoseconds period() const { return ctx_.scaled(1s); }

  // -- for the daemon -------------------------------------------------------------------------------

  void daemon_begins() {
    ctx_.note("daemon", "begins");
    begun_.set();
  }

  void tick() {
    auto number = ++ticks_;
    late_ += ended_ ? 1 : 0;
    ctx_.note("daemon", fmt::format("tick {}", number));
    if (number == lasts_)
      heard_.set();
  }

  // -- for the program ------------------------------------------------------------------------------

  /// Does what it has to do, stops the daemon, and listens for a while.
  outcome run(const std::function<void()>& stop_daemon, const std::function<std::int64_t()>& left) {
    begun_.wait_for(30s);
    sync::pause(ctx_.scaled(std::chrono::seconds{lasts_} + a_moment));
    if (lasts_ > 0) // the last tick is due by now; a busy machine may let it come late
      heard_.wait_for(30s);
    ctx_.note("program", "stops the daemon");
    auto before = clock::now();
    stop_daemon();
    auto after = clock::now();
    ended_ = true;
    ctx_.note("program", "ends");
    outcome o{{"lasts", lasts_},
              {"ticks", ticks_.load()},
              {"due", static_cast<std::int64_t>((after - start_) / period())},
              {"stop_took", ctx_.story_seconds(after - before)}};
    ctx_.eventually([&] { return left() == 0; }); // the system may need a moment
    o.set("left_running", left());
    sync::pause(ctx_.scaled(std::chrono::seconds{lasts_}) / 2);
    o.set("after_the_end", late_.load());
    return o;
  }

private:
  context& ctx_;
  std::int64_t lasts_;
  clock::time_point start_ = clock::now();
  sync::event begun_{"the daemon"};
  sync::event heard_{"the last tick"};
  std::atomic<std::int64_t> ticks_{0};
  std::atomic<std::int64_t> late_{0};
  std::atomic<bool> ended_{false};
};

// A thread that waits for the next tick or for the request to stop, whatever comes first: a thread
// that sleeps would make everybody wait for its last tick.
outcome jthread(context& ctx) {
  program foreground{ctx};
  sync::thread daemon{"daemon", [&](std::stop_token stop) {
                        foreground.daemon_begins();
                        sync::mutex mutex{"daemon"};
                        std::condition_variable_any stopped;
                        std::unique_lock lock{mutex};
                        auto next = foreground.start() + foreground.period();
                        auto asked = [&] { return stop.stop_requested(); };
                        while (!stopped.wait_until(lock, stop, next, asked)) {
                          foreground.tick();
                          next += foreground.period();
                        }
                      }};
  auto stop = [&] {
    daemon.request_stop();
    daemon.join();
  };
  auto left = [] {
    auto all = trace::threads();
    return std::count_if(all.begin(), all.end(), [](auto& t) { return t.name == "daemon"; });
  };
  return foreground.run(stop, left);
}

/// Ticks when its message comes, and sends itself the next one.
caf::behavior ticking(caf::event_based_actor* self, program* foreground, clock::time_point first) {
  foreground->daemon_begins();
  self->delayed_send(self, first - clock::now(), put_atom_v, std::int64_t{1});
  return {[=](put_atom, std::int64_t number) {
    foreground->tick();
    auto next = first + number * foreground->period();
    self->delayed_send(self, next - clock::now(), put_atom_v, number + 1);
  }};
}

// An actor waits for mail, and the request to stop is mail.
outcome actor(context& ctx) {
  program foreground{ctx};
  auto& sys = ctx.actors();
  auto daemon = sys.spawn(ticking, &foreground, foreground.start() + foreground.period());
  auto stop = [&] {
    caf::anon_send_exit(daemon, caf::exit_reason::user_shutdown);
    ctx.await({daemon});
  };
  return foreground.run(stop, [&] { return static_cast<std::int64_t>(sys.running()); });
}

// No tick is missing, none came before its time, none after the end, and nobody is left to tick.
verdict judge(const outcome& o) {
  bool ticked = o.count("ticks") >= o.count("lasts") && o.count("ticks") <= o.count("due");
  bool clean = o.count("after_the_end") == 0 && o.count("left_running") == 0;
  return ticked && clean ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story background;
const compare::story background{
  .name = "background",
  .group = "D",
  .block = "",
  .summary = "a daemon ticks every second, until the program ends after 3 s; none ticks after that",
  .next = "Try: background --lasts 0 --scale 100: how long does it take to stop a daemon?",
  .workers = 1,
  .most_workers = 1,
  .explorable = false,
  .parameters = {{"lasts", 3, 0, 1'000, "seconds until the program ends"}},
  .judge = judge,
  .versions = {{"jthread", verdict::ok, jthread}, {"actor", verdict::ok, actor}},
};

} // namespace mailroom::stories
