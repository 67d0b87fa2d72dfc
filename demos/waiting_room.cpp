// C3: Ann waits for a chair. Bob gets up and sits down again, the host brings chairs, others come
// late. Nobody may sit down where no chair is.

#include <atomic>

#include <fmt/format.h>

#include "actors/condition/actor.hpp"
#include "actors/condition/early_signal.hpp"
#include "actors/condition/if_wait.hpp"
#include "actors/condition/while_wait.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> bob_gets_up{1};
constexpr std::chrono::duration<double> chairs_come{2};
constexpr std::chrono::duration<double> late{3};

std::string latecomer(std::int64_t number) {
  return fmt::format("late {}", number);
}

/// Counts the free chairs from outside. Chairs are counted before they are offered, and after they
/// are taken: who takes the one that makes less than none sits on nothing.
class onlooker {
public:
  explicit onlooker(context& ctx) : ctx_(ctx) {}

  void offers(const char* who, const char* what) {
    ctx_.note(who, what);
    chairs_.fetch_add(1);
  }

  void sits_down(const std::string& who) {
    bool there = chairs_.fetch_sub(1) > 0;
    (there ? seated_ : on_nothing_).fetch_add(1);
    ctx_.note(who, there ? "sits" : "sits on nothing");
  }

  outcome tell() const {
    return {{"guests", ctx_.number("latecomers") + 2},
            {"seated", seated_.load()},
            {"on_nothing", on_nothing_.load()}};
  }

private:
  context& ctx_;
  sync::atomic<int> chairs_{0, "chairs"};
  std::atomic<std::int64_t> seated_{0};
  std::atomic<std::int64_t> on_nothing_{0};
};

template <class Room>
outcome with_threads(context& ctx) {
  Room room;
  onlooker chairs{ctx};
  auto take = [&](const std::string& who) {
    room.take();
    chairs.sits_down(who);
  };
  std::vector<compare::worker> people{
    {"Ann",
     [&] {
       ctx.note("Ann", "comes");
       take("Ann");
     }},
    {"Bob",
     [&] {
       sync::pause(ctx.scaled(bob_gets_up));
       chairs.offers("Bob", "gets up");
       room.put();
       take("Bob"); // he has seen a better chair, and there is none
     }},
    {"host", [&] {
       sync::pause(ctx.scaled(chairs_come));
       for (std::int64_t i = 0; i <= ctx.number("latecomers"); ++i) {
         chairs.offers("host", "brings a chair");
         room.put();
       }
     }}};
  for (std::int64_t i = 1; i <= ctx.number("latecomers"); ++i)
    people.push_back({latecomer(i), [&, i] {
                        sync::pause(ctx.scaled(late));
                        ctx.note(latecomer(i), "comes");
                        take(latecomer(i));
                      }});
  try {
    ctx.together(std::move(people));
  } catch (const compare::stuck& e) {
    if (room.count() > 0) // of which those who wait have not heard
      throw compare::stuck{verdict::lost_wakeup, e.what()};
    throw;
  }
  return chairs.tell();
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto& chairs = actors.observe<onlooker>(ctx);
  auto room = actors.spawn("room", mailroom::waiting_room);
  auto take = [room, &chairs](caf::event_based_actor* self, const std::string& who) {
    self->request(room, caf::infinite, take_atom_v).then([&chairs, who](bool) {
      chairs.sits_down(who);
    });
  };
  actors.send_in("Ann", [=, &ctx](caf::event_based_actor* self) {
    ctx.note("Ann", "comes");
    take(self, "Ann");
  });
  actors.send_in("Bob", [=, &ctx, &chairs](caf::event_based_actor* self) {
    compare::hesitate(self, ctx.hesitation(bob_gets_up), [=, &chairs] {
      chairs.offers("Bob", "gets up");
      self->send(room, put_atom_v);
      take(self, "Bob");
    });
  });
  actors.send_in("host", [=, &ctx, &chairs](caf::event_based_actor* self) {
    compare::hesitate(self, ctx.hesitation(chairs_come), [=, &ctx, &chairs] {
      for (std::int64_t i = 0; i <= ctx.number("latecomers"); ++i) {
        chairs.offers("host", "brings a chair");
        self->send(room, put_atom_v);
      }
    });
  });
  for (std::int64_t i = 1; i <= ctx.number("latecomers"); ++i)
    actors.send_in(latecomer(i), [=, &ctx](caf::event_based_actor* self) {
      compare::hesitate(self, ctx.hesitation(late), [=, &ctx] {
        ctx.note(latecomer(i), "comes");
        take(self, latecomer(i));
      });
    });
  actors.perform();
  return chairs.tell();
}

verdict judge(const outcome& o) {
  if (o.count("on_nothing") > 0)
    return verdict::overtaken;
  return o.count("seated") == o.count("guests") ? verdict::ok : verdict::lost_wakeup;
}

} // namespace

extern const compare::story waiting_room;
const compare::story waiting_room{
  .name = "waiting_room",
  .group = "C",
  .block = "condition",
  .summary = "who waits for a chair must not sit down where none is, nor wait beside one",
  .next = "Try: waiting_room --latecomers 5, and mailroom explore waiting_room.if_wait",
  .workers = 3,
  .most_workers = 3,
  .explorable = true,
  .parameters = {{"latecomers", 1, 0, 16, "who come when all chairs are there"}},
  .small = {{"latecomers", 0}},
  .judge = judge,
  .versions = {{"if_wait", verdict::overtaken, with_threads<if_wait::waiting_room>},
               {"while_wait", verdict::ok, with_threads<while_wait::waiting_room>},
               {"early_signal", verdict::lost_wakeup, with_threads<early_signal::waiting_room>},
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories
