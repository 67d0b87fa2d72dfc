// D10: people in a room talk and listen at the same time. Everybody hears everything of the others.

#include <algorithm>
#include <array>
#include <deque>
#include <map>

#include <fmt/format.h>

#include "actors/publish_subscribe/actor.hpp"
#include "actors/publish_subscribe/locked.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/locking/locked_queue.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/messaging/mailbox.hpp"
#include "mailroom/process/process_pool_executor.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

MAILROOM_ATOM(say);

constexpr std::array<const char*, 8> names{"Ann", "Ben", "Cid", "Dee", "Eve", "Fay", "Gus", "Hal"};
constexpr std::array<const char*, 3> lines{"hello", "tea?", "bye"};

/// What somebody has heard of whom.
struct memory {
  std::map<std::string, std::vector<std::string>> heard;
  int byes = 0; ///< the last line anybody says is "bye"

  void hear(const std::string& who, const std::string& line) {
    heard[who].push_back(line);
    byes += line == lines.back() ? 1 : 0;
  }
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, memory& m) {
  return f(m.heard, m.byes);
}

/// One of those in the room.
class person {
public:
  person(context& ctx, int number) : ctx_(ctx), number_(number) {}

  std::string name() const { return names[static_cast<std::size_t>(number_)]; }

  /// Returns how long to think before the next line. Nobody thinks as long as another.
  std::chrono::nanoseconds thinking() const { return ctx_.scaled(0.1s + 0.03s * number_); }

  std::vector<std::string> others() const {
    std::vector<std::string> all{names.begin(), names.begin() + ctx_.workers()};
    all.erase(all.begin() + number_);
    return all;
  }

  std::string say(std::string line) const {
    ctx_.note(name(), fmt::format("says {}", line));
    return line;
  }

  /// Listens to a line of somebody else.
  void hear(const std::string& who, const std::string& line) {
    memory_.hear(who, line);
    if (heard_all())
      ctx_.note(name(), "has heard all");
  }

  /// Takes over what it has heard elsewhere.
  void remember(memory all) {
    memory_ = std::move(all);
    if (heard_all())
      ctx_.note(name(), "has heard all");
  }

  bool heard_all() const { return memory_.byes == ctx_.workers() - 1; }

  const std::vector<std::string>& heard_of(const std::string& who) { return memory_.heard[who]; }

private:
  context& ctx_;
  const int number_;
  memory memory_;
};

/// All who are in the room.
class company {
public:
  explicit company(context& ctx) {
    ctx.cast({names.begin(), names.begin() + ctx.workers()});
    for (int i = 0; i < ctx.workers(); ++i)
      people_.emplace_back(ctx, i);
  }

  auto begin() { return people_.begin(); }
  auto end() { return people_.end(); }

  /// Compares what was heard with what was said. `listeners(topic)` tells who still listens to it.
  outcome measured(const std::function<int(const std::string&)>& listeners) {
    std::int64_t heard = 0, missed = 0, twice = 0, out_of_order = 0, still_there = 0;
    for (auto& p : people_) {
      still_there += listeners(p.name());
      for (auto& other : p.others()) {
        auto& all = p.heard_of(other);
        heard += std::ssize(all);
        std::vector<std::ptrdiff_t> places;
        for (auto& line : all)
          places.push_back(std::find(lines.begin(), lines.end(), line) - lines.begin());
        for (std::size_t i = 1; i < places.size(); ++i)
          out_of_order += places[i] < places[i - 1] ? 1 : 0;
        for (auto* line : lines) {
          auto times = std::count(all.begin(), all.end(), line);
          missed += times == 0 ? 1 : 0;
          twice += times > 1 ? 1 : 0;
        }
      }
    }
    return {{"heard", heard},
            {"missed", missed},
            {"twice", twice},
            {"out_of_order", out_of_order},
            {"still_there", still_there}};
  }

private:
  std::deque<person> people_;
};

/// What a person leaves for its other thread: who has said what.
struct ear {
  locked_queue<std::pair<std::string, std::string>> heard;
  std::vector<lock_based::broker::id> subscriptions;
};

// Two threads for each person, one that talks and one that waits for what is said. The broker calls
// back in the thread of who talks, so what is heard has to be handed over.
outcome threads(context& ctx) {
  company people{ctx};
  std::deque<ear> ears;
  lock_based::broker room;
  std::vector<compare::worker> team;
  for (auto& p : people) {
    auto& mine = ears.emplace_back();
    for (auto& other : p.others())
      mine.subscriptions.push_back(room.subscribe(other, [&mine](auto& who, auto& line) {
        mine.heard.send({who, line});
      }));
    team.push_back({p.name() + " talks", [&room, &p] {
                      for (std::size_t line = 0; line < lines.size(); ++line) {
                        if (line > 0)
                          sync::pause(p.thinking());
                        room.publish(p.name(), p.say(lines[line]));
                      }
                    }});
    team.push_back({p.name() + " listens", [&room, &p, &mine] {
                      while (!p.heard_all()) {
                        auto [who, line] = mine.heard.receive().value();
                        p.hear(who, line);
                      }
                      for (auto each : mine.subscriptions)
                        room.unsubscribe(each);
                    }});
  }
  ctx.together(std::move(team));
  return people.measured([&](auto& topic) { return room.publish(topic, "anybody?"); });
}

struct talk {
  std::size_t said = 0;     // lines
  std::size_t left_off = 0; // listening to so many
};

/// Talks when it is time to, listens when there is something to hear, and leaves when both are
/// done.
caf::behavior talking(caf::stateful_actor<talk>* self, person* who, broker_actor room) {
  auto leave_when_done = [=] {
    if (self->state.said < lines.size() || !who->heard_all())
      return;
    auto others = who->others();
    if (others.empty())
      self->quit();
    for (auto& other : others)
      self
        ->request(room, caf::infinite, leave_atom_v, other,
                  caf::actor_cast<subscriber_actor>(caf::actor{self}))
        .then([self, all = others.size()](bool) {
          if (++self->state.left_off == all)
            self->quit();
        });
  };
  return {[=](say_atom) {
            caf::anon_send(room, publish_atom_v, who->name(), who->say(lines[self->state.said]));
            if (++self->state.said < lines.size())
              self->delayed_send(self, who->thinking(), say_atom_v);
            leave_when_done();
          },
          [=](published_atom, const std::string& topic, const std::string& line) {
            who->hear(topic, line);
            leave_when_done();
          }};
}

outcome actors(context& ctx) {
  company people{ctx};
  auto& sys = ctx.actors();
  auto room = sys.spawn(broker);
  std::vector<caf::actor> team;
  for (auto& p : people) {
    team.push_back(sys.spawn(talking, &p, room));
    for (auto& other : p.others())
      ask<bool>(sys, room, 10s, subscribe_atom_v, other,
                caf::actor_cast<subscriber_actor>(team.back()));
  }
  for (auto& one : team)
    caf::anon_send(one, say_atom_v);
  ctx.await(team);
  return people.measured([&](auto& topic) {
    return ask<int>(sys, room, 10s, publish_atom_v, topic, std::string{"anybody?"});
  });
}

// -- processes ----------------------------------------------------------------------------------------

// What a person has in its own process. No other can reach it, and nothing else runs there while a
// task does: so it is a global variable, and nobody locks it.
memory mine;
std::size_t said = 0; // lines

std::string say() {
  return lines.at(said++);
}

/// Returns how many have said "bye".
int hear(const std::string& who, const std::string& line) {
  mine.hear(who, line);
  return mine.byes;
}

memory recall() {
  return mine;
}

/// What stays here of a person: the way to its process, and a mailbox for what the others say.
struct seat {
  explicit seat(const std::string& name)
    : process({.max_workers = 1, .name_prefix = name, .on_loss = worker_loss::break_pool}) {}

  process_pool_executor process; // if it is lost, there is no other: that would remember nothing
  mailbox<std::pair<std::string, std::string>> heard; // who has said what
};

using seats = std::map<std::string, seat>;

/// Passes on what the others say until it is time to talk: so nobody thinks in a process, which
/// could not hear meanwhile.
void pass_on(person& p, seats& room) {
  using clock = std::chrono::steady_clock;
  auto& [process, heard] = room.at(p.name());
  auto others = p.others();
  auto tell_others = [&](const std::string& line) {
    for (auto& other : others)
      room.at(other).heard.try_send({p.name(), line}); // who has left does not hear it
  };
  std::size_t lines_said = 0;
  auto next_line = clock::now();
  try {
    for (int byes = 0; lines_said < lines.size() || byes < std::ssize(others);) {
      auto what =
        lines_said < lines.size() ? heard.receive_for(next_line - clock::now()) : heard.receive();
      if (what) {
        byes = process.submit(remote<hear>, what->first, what->second).get();
      } else {
        tell_others(p.say(process.submit(remote<say>).get()));
        ++lines_said;
        next_line = clock::now() + p.thinking();
      }
    }
    p.remember(process.submit(remote<recall>).get());
  } catch (...) { // its process is lost; the others must not wait for it
    if (lines_said < lines.size())
      tell_others(lines.back());
    throw;
  }
  heard.close();
  process.shutdown();
}

// A process for each person. Nobody shares anything with anybody, and what is said is copied.
outcome processes(context& ctx) {
  company people{ctx};
  seats room;
  std::vector<compare::worker> team;
  for (auto& p : people) {
    room.try_emplace(p.name(), p.name());
    team.push_back({p.name(), [&room, &p] { pass_on(p, room); }});
  }
  ctx.together(std::move(team));
  return people.measured([&](auto& who) {
    auto& [process, heard] = room.at(who);
    return static_cast<int>(process.processes().size()) + (heard.closed() ? 0 : 1);
  });
}

// All have heard all of the others, once, in the order in which each said it, and the room is
// empty.
verdict judge(const outcome& o) {
  bool fine = o.count("missed") == 0 && o.count("twice") == 0 && o.count("out_of_order") == 0
              && o.count("still_there") == 0;
  return fine ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story chat;
const compare::story chat{
  .name = "chat",
  .group = "D",
  .block = "publish_subscribe",
  .summary = "three people talk and listen at the same time; everybody hears all of the others",
  .next = "Try: chat --workers 8, and chat --scale 0.001",
  .workers = 3,
  .most_workers = static_cast<int>(names.size()),
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"threads", verdict::ok, threads},
               {"actors", verdict::ok, actors},
               {"processes", verdict::ok, processes}},
};

} // namespace mailroom::stories
