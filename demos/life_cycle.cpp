// D4: from before it is there until after it is gone: in what state is a worker, and who can tell?

#include <atomic>
#include <functional>
#include <memory>

#include <fmt/format.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/explore/one_processor.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/event.hpp"
#include "mailroom/sync/thread.hpp"
#include "mailroom/system.hpp"
#include "mailroom/trace/threads.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;
using std::chrono::nanoseconds;

namespace {

/// What all versions do: compute, and then rest for 2 s; both for as long as they are looked at.
class job {
public:
  explicit job(context& ctx) : resting_time_(ctx.scaled(2s)) {}

  // -- for the one who does it ----------------------------------------------------------------------

  void compute() {
    thread_ = trace::this_thread_id();
    while (!computed_)
      ++turns_;
  }

  void rest() {
    sync::pause(resting_time_);
    rested_.wait();
  }

  nanoseconds resting_time() const { return resting_time_; }

  // -- for the one who looks ------------------------------------------------------------------------

  void end_computing() { computed_ = true; }
  void end_resting() { rested_.set(); }

  bool begun() const { return thread_ != 0; }

  /// Returns what the system says of the thread that has begun it: R, S, ...; nothing if that has
  /// not happened, or if the thread has ended.
  char thread_state() const {
    auto t = trace::find_thread(thread_);
    return t ? t->state : '\0';
  }

  /// Returns whether it gets on, by looking twice.
  bool gets_on() const {
    auto before = turns_.load();
    sync::pause(100us);
    return turns_ != before;
  }

private:
  nanoseconds resting_time_;
  std::atomic<int> thread_{0};
  std::atomic<std::uint64_t> turns_{0};
  std::atomic<bool> computed_{false};
  sync::event rested_{"the rest"};
};

/// Lets a job end, whatever happens to the one who looks at it.
class way_out {
public:
  explicit way_out(job& j) : job_(j) {}
  way_out(const way_out&) = delete;
  way_out& operator=(const way_out&) = delete;
  ~way_out() {
    job_.end_computing();
    job_.end_resting();
  }

private:
  job& job_;
};

/// Looks at a worker, and writes down what was seen: nothing else.
class onlooker {
public:
  onlooker(context& ctx, std::string whom) : ctx_(ctx), whom_(std::move(whom)) {
    ctx.cast({"onlooker", whom_});
  }

  /// Looks until the worker is in a state. `by` says by what it is known.
  void sees(const char* state, const char* by, const std::function<bool()>& is_so) {
    bool seen = ctx_.eventually(is_so);
    ctx_.note(whom_, fmt::format("{}: {}", state, seen ? by : "not seen"));
    if (seen)
      states_ += (states_.empty() ? "" : " ") + std::string(state);
  }

  void asks_if_alive(const char* when, bool alive) {
    ctx_.note("onlooker", alive ? "asks: alive" : "asks: not alive");
    alive_.set(when, alive);
  }

  /// Joins with a limit that is too short, lets the worker go, and joins with one that is not.
  void joins(const std::function<bool(nanoseconds)>& join, const std::function<void()>& let_go) {
    auto start = std::chrono::steady_clock::now();
    ctx_.note("onlooker", "joins, for 1 s");
    joined_first_ = join(ctx_.scaled(1s));
    waited_ = ctx_.story_seconds(std::chrono::steady_clock::now() - start);
    ctx_.note("onlooker", joined_first_ ? "has joined" : "goes on without it");
    let_go();
    joined_again_ = join(ctx_.scaled(2s) + 30s);
    ctx_.note("onlooker", joined_again_ ? "joins again, and has" : "joins again, in vain");
  }

  outcome tells() const {
    outcome o{{"states", states_}};
    for (auto& [when, alive] : alive_)
      o.set(when, alive);
    o.set("waited", waited_);
    o.set("joined_first", joined_first_);
    o.set("joined_again", joined_again_);
    return o;
  }

private:
  context& ctx_;
  std::string whom_;
  std::string states_;
  outcome alive_;
  double waited_ = 0;
  bool joined_first_ = false;
  bool joined_again_ = false;
};

// A thread: the system knows its state.
outcome threads(context& ctx) {
  onlooker look{ctx, "thread"};
  job work{ctx};
  sync::event ended{"the end"}; // threads cannot be joined with a limit
  sync::thread worker;
  way_out at_exit{work};
  auto alive = [&] { return work.thread_state() != '\0'; };

  look.sees("new", "a handle, no thread", [&] { return !worker.joinable(); });
  look.asks_if_alive("before", alive());
  {
    explore::one_processor shared; // while it looks at them, the others do not run
    worker = sync::thread{"worker", [&] {
                            work.compute();
                            work.rest();
                            ended.set();
                          }};
    look.sees("runnable", "R, but not its turn", [&] { return work.thread_state() == 'R'; });
  }
  look.sees("running", "R, and gets on",
            [&] { return work.thread_state() == 'R' && work.gets_on(); });
  look.asks_if_alive("between", alive());
  work.end_computing();
  look.sees("blocked", "S, sleeps", [&] { return work.thread_state() == 'S'; });
  look.joins([&](nanoseconds limit) { return ended.wait_for(limit); }, [&] { work.end_resting(); });
  look.sees("terminated", "gone from the system", [&] { return !alive(); });
  worker.join();
  look.asks_if_alive("after", alive());
  return look.tells();
}

// A task: its future knows its state, but not whether it waits for something.
outcome pool(context& ctx) {
  onlooker look{ctx, "task"};
  job work{ctx};
  actor_pool_executor workers{ctx.actors(), {.max_workers = 1, .thread_name_prefix = "worker"}};
  future<void> task;
  way_out at_exit{work};
  auto alive = [&] { return task.valid() && !task.done(); };

  look.sees("new", "no future", [&] { return !task.valid(); });
  look.asks_if_alive("before", alive());
  workers.pause();
  task = workers.submit([&] {
    work.compute();
    work.rest();
  });
  look.sees("runnable", "pending, no worker free",
            [&] { return task.state() == future_state::pending && workers.stats().queued == 1; });
  workers.resume();
  look.sees("running", "running, its worker is R",
            [&] { return task.running() && work.thread_state() == 'R' && work.gets_on(); });
  look.asks_if_alive("between", alive());
  work.end_computing();
  look.sees("blocked", "running, its worker is S",
            [&] { return task.running() && work.thread_state() == 'S'; });
  look.joins([&](nanoseconds limit) { return task.wait_for(limit); }, [&] { work.end_resting(); });
  look.sees("terminated", "finished, worker lives",
            [&] { return task.state() == future_state::finished && work.thread_state() == 'S'; });
  look.asks_if_alive("after", alive());
  return look.tells();
}

/// Computes when it gets mail. To rest, it waits for mail: that of the clock, and that of who looks
/// at it.
caf::behavior worker_actor(caf::event_based_actor* self, job* work) {
  auto awaited = std::make_shared<int>(2);
  return {
    [=](put_atom) {
      work->compute();
      self->delayed_send(self, work->resting_time(), done_atom_v);
    },
    [=](done_atom) {
      if (--*awaited == 0)
        self->quit();
    },
  };
}

// An actor: its mailbox knows its state. It blocks no thread while it waits.
outcome actors(context& ctx) {
  onlooker look{ctx, "actor"};
  job work{ctx};
  job of_another{ctx};
  system sys{{.threads = 1}};
  caf::actor worker;
  way_out at_exit{work};
  way_out another_at_exit{of_another};
  auto mailbox = [&]() -> auto& {
    return caf::actor_cast<caf::scheduled_actor*>(worker)->mailbox();
  };
  auto alive = [&] { return worker && !mailbox().closed(); };

  look.sees("new", "no actor", [&] { return !worker; });
  look.asks_if_alive("before", alive());
  sys.spawn([&](caf::event_based_actor*) { of_another.compute(); });
  ctx.eventually([&] { return of_another.begun(); });
  worker = sys.spawn(worker_actor, &work);
  caf::anon_send(worker, put_atom_v);
  look.sees("runnable", "has mail, no thread free",
            [&] { return !mailbox().blocked() && !work.begun(); });
  of_another.end_computing();
  look.sees("running", "its thread is R",
            [&] { return work.thread_state() == 'R' && work.gets_on(); });
  look.asks_if_alive("between", alive());
  work.end_computing();
  look.sees("blocked", "waits for mail", [&] { return mailbox().blocked(); });
  auto join = [&](nanoseconds limit) {
    return await_end(sys, {worker}, std::chrono::steady_clock::now() + limit) == 0;
  };
  look.joins(join, [&] { caf::anon_send(worker, done_atom_v); });
  look.sees("terminated", "takes no more mail", [&] { return mailbox().closed(); });
  look.asks_if_alive("after", alive());
  return look.tells();
}

// All states were seen, in this order, and nobody had to wait for more than was agreed.
verdict judge(const outcome& o) {
  bool seen = o.text("states") == "new runnable running blocked terminated";
  bool lived = !o.flag("before") && o.flag("between") && !o.flag("after");
  bool joined = !o.flag("joined_first") && o.number("waited") >= 1 && o.flag("joined_again");
  return seen && lived && joined ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story life_cycle;
const compare::story life_cycle{
  .name = "life_cycle",
  .group = "D",
  .block = "",
  .summary = "new, runnable, running, blocked, terminated: a thread, a task and an actor, observed",
  .next = "Try: life_cycle --version pool, and life_cycle --scale 1",
  .workers = 1,
  .most_workers = 1,
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"threads", verdict::ok, threads},
               {"pool", verdict::ok, pool},
               {"actors", verdict::ok, actors}},
};

} // namespace mailroom::stories
