// D3: five ways to write something that can run, and three ways to run it, under a name that the
// system knows, too.

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <pthread.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/locking/locked.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"
#include "mailroom/trace/threads.hpp"

namespace mailroom::stories {

/// A greeting, and what the system calls the thread that spoke it.
struct greeting {
  std::string words;
  std::string speaker;
};

using guest_book = std::vector<greeting>;

} // namespace mailroom::stories

MAILROOM_LOCAL_MESSAGE(mailroom::stories::greeting)
MAILROOM_LOCAL_MESSAGE(mailroom::stories::guest_book)

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

// -- what can run -----------------------------------------------------------------------------------

std::string wish(const std::string& what, const std::string& whom) {
  return fmt::format("{}, {}!", what, whom);
}

struct visit {
  std::string run() const { return fmt::format("Hello, {}!", whom); }
  std::string whom;
};

struct toast {
  std::string operator()() const { return fmt::format("Cheers, {}!", whom); }
  std::string whom;
};

struct host {
  std::string welcome(const std::string& whom) const { return fmt::format("{}, {}!", word, whom); }
  std::string word;
};

/// Starts all five: `start` takes a name, what can run, and its arguments.
template <class Start>
void start_all(Start start) {
  start("function", wish, "Ahoy", "Ada");
  start("class", &visit::run, visit{"Bob"});
  start("object", toast{"Cleo"});
  start("lambda", [whom = "Dan"] { return fmt::format("Hi, {}!", whom); });
  start("member", &host::welcome, host{"Welcome"}, "Eve");
}

constexpr std::array names{"function", "class", "object", "lambda", "member"};

// -- how it is run ------------------------------------------------------------------------------------

/// Runs it, and asks the system who did.
template <class Run, class... Arguments>
greeting spoken(context& ctx, const Run& run, const Arguments&... arguments) {
  greeting g{std::invoke(run, arguments...), trace::this_thread_name()};
  ctx.note(g.speaker, g.words);
  sync::pause(ctx.scaled(1s)); // a moment, for those who look with `ps -T`
  return g;
}

outcome measured(const context& ctx, const guest_book& book) {
  std::set<std::string> words;
  std::set<std::string> speakers;
  std::int64_t visible = 0;
  for (auto& g : book) {
    words.insert(g.words);
    speakers.insert(g.speaker);
    visible += std::count(ctx.cast().begin(), ctx.cast().end(), g.speaker);
  }
  return {{"greetings", static_cast<std::int64_t>(book.size())},
          {"different", static_cast<std::int64_t>(words.size())},
          {"visible", visible},
          {"speakers", fmt::format("{}", fmt::join(speakers, " "))}};
}

// A thread returns nothing to anybody: they share a book, under a lock.
outcome threads(context& ctx) {
  locked<guest_book> book;
  std::vector<compare::worker> guests;
  start_all([&](const char* name, auto run, auto... arguments) {
    guests.push_back({name, [&, run, arguments...] {
                        auto g = spoken(ctx, run, arguments...);
                        book.with([&](guest_book& b) { b.push_back(std::move(g)); });
                      }});
  });
  ctx.together(std::move(guests));
  return measured(ctx, book.snapshot());
}

// What a task returns is in its future. Its name is that of the worker who happens to run it.
outcome pool(context& ctx) {
  std::vector<std::string> workers;
  for (int i = 0; i < ctx.workers(); ++i)
    workers.push_back(fmt::format("greeter_{}", i));
  ctx.cast(std::move(workers));
  actor_pool_executor greeters{ctx.actors(),
                               {.max_workers = ctx.workers(), .thread_name_prefix = "greeter"}};
  std::vector<future<greeting>> spoken_later;
  start_all([&](const char*, auto run, auto... arguments) {
    spoken_later.push_back(
      greeters.submit([&ctx, run, arguments...] { return spoken(ctx, run, arguments...); }));
  });
  guest_book book;
  for (auto& g : spoken_later)
    book.push_back(g.get());
  return measured(ctx, book);
}

/// Keeps the book: nobody else touches it.
struct keeper_state {
  guest_book book;
};

caf::behavior keeper(caf::stateful_actor<keeper_state>* self) {
  return {[self](greeting& g) { self->state.book.push_back(std::move(g)); },
          [self](get_atom) { return self->state.book; }};
}

// An actor sends what it has to say. Only one with a thread of its own has a name for the system.
outcome actors(context& ctx) {
  ctx.cast({names.begin(), names.end()});
  auto& sys = ctx.actors();
  auto book = sys.spawn(keeper);
  std::vector<caf::actor> guests;
  start_all([&](const char* name, auto run, auto... arguments) {
    auto greet = [=, &ctx](caf::event_based_actor* self) {
      pthread_setname_np(pthread_self(), name);
      self->send(book, spoken(ctx, run, arguments...));
    };
    guests.push_back(sys.spawn_detached(greet));
  });
  ctx.await(guests);
  return measured(ctx, ask<guest_book>(sys, book, 10s, get_atom_v));
}

// Everybody has spoken, once, and the system knew who it was.
verdict judge(const outcome& o) {
  constexpr auto all = static_cast<std::int64_t>(names.size());
  bool fine =
    o.count("greetings") == all && o.count("different") == all && o.count("visible") == all;
  return fine ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story greetings;
const compare::story greetings{
  .name = "greetings",
  .group = "D",
  .block = "",
  .summary = "a function, a class, an object, a lambda, a member: each as thread, task, actor",
  .next = "Try: greetings --scale 5 & sleep 1; ps -T -p $!",
  .workers = 5,
  .most_workers = 8,
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"threads", verdict::ok, threads},
               {"pool", verdict::ok, pool},
               {"actors", verdict::ok, actors}},
};

} // namespace mailroom::stories
