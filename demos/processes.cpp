// D11: threads, actors and processes do the same: count, crash, start, take turns, send, and wait.
// What do they share, whom does a crash take along, and what does each cost?

#include <algorithm>
#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "actors/counter/actor.hpp"
#include "laboratory.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/locking/locked_queue.hpp"
#include "mailroom/process/process_pool_executor.hpp"
#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"
#include "mailroom/sync/thread.hpp"
#include "stopwatch.hpp"

namespace mailroom::stories {

using compare::context, compare::outcome, compare::verdict;

namespace {

/// What all threads of a process share. Atomic, because they do so at the same time.
std::atomic<std::int64_t> number{0};

/// A worker's process, and the number as it was there after its last addition.
using sight = std::pair<int, std::int64_t>;

sight add(std::int64_t times) {
  std::int64_t seen = 0;
  for (std::int64_t i = 0; i < times; ++i)
    seen = ++number;
  return {getpid(), seen};
}

constexpr auto here = "here";

std::string worker(int i) {
  return fmt::format("worker {}", i + 1);
}

void gather(context& ctx) {
  std::vector<std::string> names{here};
  for (int i = 0; i < ctx.workers(); ++i)
    names.push_back(worker(i));
  ctx.cast(std::move(names));
}

/// What a version found out.
struct findings {
  std::vector<sight> sights; ///< of all workers
  std::int64_t number = 0;   ///< as it is here, when all have added
  int survived = 0;          ///< workers whose result came in spite of the crash
  double create = 0;         ///< us
  double hand_over = 0;      ///< us
  double message = 0;        ///< us
  double memory = 0;         ///< KiB
};

outcome told(const context& ctx, const findings& f) {
  std::set<int> processes;
  std::int64_t there = 0;
  for (auto& [process, seen] : f.sights) {
    processes.insert(process);
    there = std::max(there, seen);
  }
  processes.erase(getpid());
  return {{"added", ctx.workers() * ctx.number("additions")},
          {"here", f.number},
          {"there", there},
          {"processes", std::ssize(processes)},
          {"survived", std::int64_t{f.survived}},
          {"lost", std::int64_t{ctx.workers() - f.survived}},
          {"create_us", f.create},
          {"switch_us", f.hand_over},
          {"message_us", f.message},
          {"memory_kib", f.memory}};
}

// -- how to measure -------------------------------------------------------------------------------------

constexpr int messages = 2'000;

/// Returns how long each of many messages takes that `pass` passes, in us.
template <class Function>
double time_of_message(Function pass) {
  auto start = std::chrono::steady_clock::now();
  pass();
  auto time = std::chrono::steady_clock::now() - start;
  return std::chrono::duration<double, std::micro>(time).count() / messages;
}

/// What is sent, again and again.
std::string message(const context& ctx) {
  return std::string(static_cast<std::size_t>(ctx.number("bytes")), 'x');
}

const task_options in_time{.deadline = laboratory::patience};

/// Hears of the results that some processes have for us, each with as many workers.
int survivors(context& ctx, std::vector<future<int>> processes) {
  int results = 0;
  int next = 0;
  auto each = ctx.workers() / static_cast<int>(processes.size());
  for (auto& process : processes) {
    std::string end = "has result";
    try {
      results += process.get();
    } catch (const worker_lost& e) {
      if (e.signal() != SIGABRT) // not the crash that is expected
        throw;
      end = "SIGABRT";
    }
    for (int i = 0; i < each; ++i)
      ctx.note(worker(next++), end);
  }
  ctx.note(here, fmt::format("{} results", results));
  return results;
}

// -- threads --------------------------------------------------------------------------------------------

double switch_of_threads(context& ctx) {
  sync::mutex mutex{"table"};
  sync::condition_variable changed{"the turn"};
  enum { ping, pong, over } turn = ping; // guarded by mutex
  stopwatch watch{ctx};
  auto play_ping = [&] {
    std::unique_lock lock{mutex};
    watch.start();
    do {
      turn = pong;
      changed.notify_one();
      changed.wait(lock, [&] { return turn == ping; });
    } while (watch.lap());
    turn = over;
    changed.notify_one();
  };
  auto play_pong = [&] {
    std::unique_lock lock{mutex};
    for (;;) {
      changed.wait(lock, [&] { return turn != ping; });
      if (turn == over)
        return;
      turn = ping;
      changed.notify_one();
    }
  };
  ctx.together({{"ping", play_ping}, {"pong", play_pong}});
  return watch.usual_time() / 2;
}

double message_of_threads(context& ctx) {
  locked_queue<std::string> queue;
  auto send = [&, text = message(ctx)] {
    for (int i = 0; i < messages; ++i)
      queue.send(text);
  };
  auto receive = [&] {
    for (int i = 0; i < messages; ++i)
      queue.receive();
  };
  return time_of_message([&] { ctx.together({{"sender", send}, {"receiver", receive}}); });
}

// One process for all: what one of them does to it, it does to all.
outcome thread(context& ctx) {
  gather(ctx);
  findings f;
  number = 0;
  f.sights.resize(static_cast<std::size_t>(ctx.workers()));
  std::vector<compare::worker> team;
  for (int i = 0; i < ctx.workers(); ++i)
    team.push_back({worker(i), [&, i, &mine = f.sights[static_cast<std::size_t>(i)]] {
                      mine = add(ctx.number("additions"));
                      ctx.note(worker(i), fmt::format("sees {}", mine.second));
                    }});
  ctx.together(std::move(team));
  f.number = number;
  ctx.note(here, fmt::format("sees {}", f.number));

  process_pool_executor elsewhere{{.max_workers = 1}};
  f.memory = elsewhere.submit(in_time, remote<laboratory::memory_of_a_thread>).get();
  f.survived = survivors(
    ctx, {elsewhere.submit(in_time, remote<laboratory::crash_of_a_thread>, ctx.workers())});
  f.create = time_of(ctx, [] { sync::thread{"nothing", [] {}}.join(); });
  f.hand_over = switch_of_threads(ctx);
  f.message = message_of_threads(ctx);
  return told(ctx, f);
}

// -- actors ---------------------------------------------------------------------------------------------

/// Starts an actor whenever the one before has ended.
caf::behavior starter(caf::event_based_actor* self, stopwatch* watch) {
  auto start = [self] { self->spawn<caf::monitored>([](caf::event_based_actor*) {}); };
  self->set_down_handler([=](const caf::down_msg&) {
    if (watch->lap())
      start();
    else
      self->quit();
  });
  watch->start();
  start();
  return {[](get_atom) {}};
}

double creation_of_actors(context& ctx, compare::troupe& actors) {
  auto& watch = actors.observe<stopwatch>(ctx);
  ctx.await({ctx.actors().spawn(starter, &watch)});
  return watch.usual_time();
}

double switch_of_actors(context& ctx, compare::troupe& actors) {
  auto& watch = actors.observe<stopwatch>(ctx);
  auto play_pong = [](caf::event_based_actor*) -> caf::behavior {
    return {[](get_atom) { return done_atom_v; }};
  };
  auto play_ping = [&watch](caf::event_based_actor* self, const caf::actor& pong) -> caf::behavior {
    watch.start();
    self->send(pong, get_atom_v);
    return {[&watch, self, pong](done_atom) {
      if (watch.lap())
        self->send(pong, get_atom_v);
      else
        self->quit();
    }};
  };
  ctx.await({ctx.actors().spawn(play_ping, ctx.actors().spawn(play_pong))});
  return watch.usual_time() / 2;
}

double message_of_actors(context& ctx) {
  auto receive = [](caf::event_based_actor* self) -> caf::behavior {
    return {[self, left = messages](const std::string&) mutable {
      if (--left == 0)
        self->quit();
    }};
  };
  return time_of_message([&] {
    auto receiver = ctx.actors().spawn(receive);
    ctx.actors().spawn([=, text = message(ctx)](caf::event_based_actor* self) {
      for (int i = 0; i < messages; ++i)
        self->send(receiver, text);
    });
    ctx.await({receiver});
  });
}

// One process for all, too; but the number is the state of an actor, and the others ask for it.
outcome actor(context& ctx) {
  gather(ctx);
  findings f;
  compare::troupe actors{ctx};
  auto owner = actors.spawn("owner", counter, 0);
  auto& sights = actors.observe<std::vector<sight>>(static_cast<std::size_t>(ctx.workers()));
  for (int i = 0; i < ctx.workers(); ++i)
    actors.send_in(worker(i), [&ctx, owner, i, &mine = sights[static_cast<std::size_t>(i)]](
                                caf::event_based_actor* self) {
      for (std::int64_t n = 0; n < ctx.number("additions"); ++n)
        self->send(owner, add_atom_v, std::int64_t{1});
      self->request(owner, caf::infinite, get_atom_v).then([&ctx, i, &mine](std::int64_t seen) {
        mine = {getpid(), seen};
        ctx.note(worker(i), fmt::format("sees {}", seen));
      });
    });
  actors.perform();
  f.sights = sights;
  f.number = actors.ask<std::int64_t>(owner, get_atom_v);
  ctx.note(here, fmt::format("sees {}", f.number));

  process_pool_executor elsewhere{{.max_workers = 1}};
  f.memory = elsewhere.submit(in_time, remote<laboratory::memory_of_an_actor>).get();
  f.survived = survivors(
    ctx, {elsewhere.submit(in_time, remote<laboratory::crash_of_an_actor>, ctx.workers())});
  f.create = creation_of_actors(ctx, actors);
  f.hand_over = switch_of_actors(ctx, actors);
  f.message = message_of_actors(ctx);
  return told(ctx, f);
}

// -- processes ------------------------------------------------------------------------------------------

double message_of_processes(const context& ctx, process_pool_executor& one) {
  return time_of_message([&, text = message(ctx)] {
    std::vector<future<void>> received;
    for (int i = 0; i < messages; ++i)
      received.push_back(one.submit([](const std::string&) {}, text));
    for (auto& each : received)
      each.get();
  });
}

// A process for each: what one of them does to its number, or to itself, it does to no other.
outcome process(context& ctx) {
  gather(ctx);
  findings f;
  number = 0;
  process_pool_executor one_each{{.max_workers = ctx.workers(), .max_tasks_per_child = 1}};
  std::vector<future<sight>> sights;
  for (int i = 0; i < ctx.workers(); ++i)
    sights.push_back(one_each.submit(in_time, remote<add>, ctx.number("additions")));
  for (int i = 0; i < ctx.workers(); ++i) {
    f.sights.push_back(sights[static_cast<std::size_t>(i)].get());
    ctx.note(worker(i), fmt::format("sees {}", f.sights.back().second));
  }
  f.number = number;
  ctx.note(here, fmt::format("sees {}", f.number));

  auto result = [](bool crashes) {
    if (crashes)
      laboratory::crash();
    return 1;
  };
  std::vector<future<int>> results;
  for (int i = 0; i < ctx.workers(); ++i)
    results.push_back(one_each.submit(in_time, result, i == 0));
  f.survived = survivors(ctx, std::move(results));
  f.create = time_of(ctx, [&] { one_each.submit([] {}).get(); });

  process_pool_executor one{{.max_workers = 1}};
  auto before = laboratory::memory_of(getpid());
  auto other = one.submit([] { return getpid(); }).get();
  f.memory = laboratory::memory_of(other) + laboratory::growth(before, 1);
  f.hand_over = time_of(ctx, [&] { one.submit([] {}).get(); }) / 2; // there and back
  f.message = message_of_processes(ctx, one);
  return told(ctx, f);
}

// Each process has a number of its own, which is the sum of what its workers have added; a crash
// takes along the workers of its process. `processes` counts those beside this one.
verdict judge(const outcome& o) {
  bool together = o.count("processes") == 0;
  auto places = together ? 1 : o.count("processes");
  auto workers = o.count("survived") + o.count("lost");
  bool summed = o.count("here") == (together ? o.count("added") : 0)
                && o.count("there") * places == o.count("added");
  if (!summed)
    return verdict::lost_update;
  return o.count("lost") * places == workers ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story processes;
const compare::story processes{
  .name = "processes",
  .group = "D",
  .block = "counter",
  .summary =
    "threads, actors and processes: what is shared, whom a crash takes along, what it costs",
  .next = "Try: processes --bytes 65536, and processes --version process --workers 5",
  .workers = 3,
  .most_workers = 16,
  .explorable = false,
  .parameters = {{"additions", 1'000, 1, 100'000, "how often each worker adds 1 to the number"},
                 {"bytes", 1'024, 1, 65'536, "of a message"}},
  .judge = judge,
  .versions = {{"thread", verdict::ok, thread},
               {"actor", verdict::ok, actor},
               {"process", verdict::ok, process}},
};

} // namespace mailroom::stories
