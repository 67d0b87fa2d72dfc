// C1: two places, three cars, and each stays for 1 s. Never more than two are parked.

#include <atomic>
#include <functional>

#include <fmt/format.h>

#include "actors/semaphore/actor.hpp"
#include "actors/semaphore/locked.hpp"
#include "actors/semaphore/racy.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/sync/shared.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::chrono::duration<double> stay{1};
constexpr std::chrono::duration<double> thinking{0.1};

std::string car(int number) {
  return fmt::format("car {}", number);
}

int places_of(const context& ctx) {
  return static_cast<int>(ctx.number("places"));
}

/// Sees from outside how many cars are parked, whatever a semaphore counts. Cars say it when they
/// have parked, and before they leave.
class onlooker {
public:
  explicit onlooker(context& ctx) : ctx_(ctx), seen_(static_cast<std::size_t>(ctx.workers())) {
    std::vector<std::string> names;
    for (int i = 1; i <= ctx.workers(); ++i)
      names.push_back(car(i));
    ctx.cast(std::move(names));
  }

  void arrives(int number) { ctx_.note(car(number), "arrives"); }

  void parks(int number) {
    auto& me = seen_[static_cast<std::size_t>(number - 1)];
    me.parked = parked_.fetch_add(1) + 1;
    me.left_before = left_.load();
    ctx_.note(car(number), "parks");
  }

  void drives_on(int number) {
    ctx_.note(car(number), "full: drives on");
    drove_on_.fetch_add(1);
  }

  void leaves(int number) {
    ctx_.note(car(number), "leaves");
    left_.fetch_add(1);
    parked_.fetch_sub(1);
  }

  /// @param in_line whether cars arrived in the order of their numbers, and were promised that they
  /// park in it: number 5 of 2 places only after three have left.
  outcome tell(bool in_line = false) const {
    std::int64_t parked = 0, most = 0, overtaken = 0;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      auto& each = seen_[i];
      parked += each.parked > 0 ? 1 : 0;
      most = std::max<std::int64_t>(most, each.parked);
      bool too_early = static_cast<std::int64_t>(i) >= each.left_before + places_of(ctx_);
      overtaken += in_line && too_early ? 1 : 0;
    }
    return {{"cars", std::int64_t{ctx_.workers()}},
            {"parked", parked},
            {"drove_on", drove_on_.load()},
            {"places", std::int64_t{places_of(ctx_)}},
            {"most_at_once", most},
            {"overtaken", overtaken}};
  }

private:
  struct sight {
    int parked = 0; // how many, with this one
    int left_before = 0;
  };

  context& ctx_;
  std::vector<sight> seen_; // each by its car
  sync::atomic<int> parked_{0, "parked"};
  std::atomic<int> left_{0};
  std::atomic<std::int64_t> drove_on_{0};
};

outcome with_threads(context& ctx, const std::function<bool()>& acquire,
                     const std::function<void()>& release) {
  onlooker street{ctx};
  std::vector<compare::worker> cars;
  for (int i = 1; i <= ctx.workers(); ++i)
    cars.push_back({car(i), [&, i] {
                      street.arrives(i);
                      if (!acquire())
                        return street.drives_on(i);
                      street.parks(i);
                      sync::pause(ctx.scaled(stay));
                      street.leaves(i);
                      release();
                    }});
  ctx.together(std::move(cars));
  return street.tell();
}

// It knows no waiting: who finds no place drives on.
outcome racy(context& ctx) {
  racy::semaphore places{places_of(ctx), ctx.scaled(thinking)};
  return with_threads(
    ctx, [&] { return places.try_acquire(); }, [&] { places.release(); });
}

outcome locked(context& ctx) {
  lock_based::semaphore places{places_of(ctx)};
  return with_threads(
    ctx,
    [&] {
      places.acquire();
      return true;
    },
    [&] { places.release(); });
}

/// Comes when it is told, asks the attendant for a place, stays, and leaves.
caf::behavior driver(caf::event_based_actor* self, int number, semaphore_actor attendant,
                     caf::actor next, std::chrono::nanoseconds time, onlooker* street) {
  return {
    [=](arrive_atom) {
      street->arrives(number);
      self->request(attendant, caf::infinite, acquire_atom_v).then([=](bool) {
        street->parks(number);
        self->delayed_send(self, time, done_atom_v);
      });
      // When this is answered, the attendant has heard us: who comes now stands behind.
      self->request(attendant, caf::infinite, get_atom_v).then([=](int) {
        if (next)
          self->send(next, arrive_atom_v);
      });
    },
    [=](done_atom) {
      street->leaves(number);
      self->request(attendant, caf::infinite, release_atom_v, 1).then([=] { self->quit(); });
    },
  };
}

outcome actor(context& ctx) {
  compare::troupe actors{ctx};
  auto& street = actors.observe<onlooker>(ctx);
  auto attendant = actors.spawn("attendant", semaphore, places_of(ctx));
  caf::actor first;
  for (int i = ctx.workers(); i > 0; --i)
    first = actors.send_in(car(i), driver, i, attendant, first, ctx.scaled(stay), &street);
  caf::anon_send(first, arrive_atom_v);
  actors.perform();
  return street.tell(true);
}

verdict judge(const outcome& o) {
  if (o.count("most_at_once") > o.count("places"))
    return verdict::overdraft;
  if (o.count("parked") + o.count("drove_on") < o.count("cars"))
    return verdict::lost_wakeup;
  return o.count("overtaken") == 0 ? verdict::ok : verdict::overtaken;
}

} // namespace

extern const compare::story parking_lot;
const compare::story parking_lot{
  .name = "parking_lot",
  .group = "C",
  .block = "semaphore",
  .summary = "two places, three cars, and each stays for 1 s; never more than two are parked",
  .next = "Try: parking_lot --workers 7, and parking_lot --places 1",
  .workers = 3,
  .most_workers = 64,
  .explorable = true,
  .parameters = {{"places", 2, 1, 64, "how many cars can park"}},
  .small = {{"workers", 2}, {"places", 1}},
  .judge = judge,
  .versions = {{"racy", verdict::overdraft, racy},
               {"locked", verdict::ok, locked},
               {"actor", verdict::ok, actor, true}},
};

} // namespace mailroom::stories
