// D6: one worker prints 1 to 5, another one a to e, on the same sheet. In which order?

#include <algorithm>
#include <array>
#include <functional>
#include <random>
#include <sstream>

#include <fmt/format.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/compare/troupe.hpp"
#include "mailroom/locking/locked.hpp"
#include "mailroom/messaging/send_after.hpp"
#include "mailroom/sync/thread.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr std::array<const char*, 2> writers{"numbers", "letters"};

/// Returns what a writer prints in a step, from 1.
std::string sign(std::size_t writer, std::int64_t step) {
  return writer == 0 ? fmt::format("{}", step) : std::string(1, static_cast<char>('a' + step - 1));
}

void print(std::string& sheet, const std::string& what) {
  sheet += (sheet.empty() ? "" : " ") + what;
}

/// How long a writer thinks before each step: up to a second.
class thoughts {
public:
  thoughts(std::uint64_t seed, std::size_t writer, std::chrono::nanoseconds most)
    : random_(static_cast<unsigned>(seed * writers.size() + writer)), most_(most.count()) {}

  std::chrono::nanoseconds next() {
    return std::chrono::nanoseconds{std::uniform_int_distribution{most_ / 10, most_}(random_)};
  }

private:
  std::minstd_rand random_;
  std::chrono::nanoseconds::rep most_;
};

outcome measured(std::int64_t steps, std::string printed) {
  return {{"steps", steps}, {"printed", std::move(printed)}};
}

// The lock keeps a sign whole. When each is printed is up to the machine.
outcome threads(context& ctx) {
  locked<std::string> sheet;
  std::vector<compare::worker> team;
  for (std::size_t w = 0; w < writers.size(); ++w)
    team.push_back({writers[w], [&, w] {
                      thoughts think{ctx.seed(), w, ctx.scaled(1s)};
                      for (std::int64_t step = 1; step <= ctx.number("steps"); ++step) {
                        sync::pause(think.next());
                        sheet.with([&](std::string& text) {
                          print(text, sign(w, step));
                          ctx.note(writers[w], sign(w, step));
                        });
                      }
                    }});
  ctx.together(std::move(team));
  return measured(ctx.number("steps"), sheet.snapshot());
}

using reader = std::function<void(std::size_t writer, const std::string& what)>;

struct printer_state {
  std::string sheet;
};

/// Prints what it gets, in the order in which it gets it. Nobody else touches the sheet.
caf::behavior printer(caf::stateful_actor<printer_state>* self, const reader& shows) {
  return {
    [=](put_atom, std::uint64_t writer, const std::string& what) {
      print(self->state.sheet, what);
      shows(writer, what);
    },
    [=](get_atom) { return self->state.sheet; },
  };
}

struct writer_state {
  std::int64_t step = 0;
};

/// Sends its signs to the printer, one at a time.
caf::behavior writer(caf::stateful_actor<writer_state>* self, const caf::actor& to,
                     std::size_t number, std::int64_t steps, thoughts think) {
  auto go_on = [self, think]() mutable { send_after(self, think.next(), done_atom_v); };
  go_on();
  return {[=](done_atom) mutable {
    auto step = ++self->state.step;
    self->send(to, put_atom_v, std::uint64_t{number}, sign(number, step));
    if (step < steps)
      go_on();
    else
      self->quit();
  }};
}

// Two messages of one sender arrive in the order in which they were sent; those of two senders do
// not.
outcome actors(context& ctx) {
  compare::troupe actors{ctx};
  auto sheet = actors.spawn("printer", printer, [&](std::size_t w, const std::string& what) {
    ctx.note(writers[w], what);
  });
  for (std::size_t w = 0; w < writers.size(); ++w)
    actors.send_in(writers[w], writer, sheet, w, ctx.number("steps"),
                   thoughts{ctx.seed(), w, ctx.hesitation(1s)});
  actors.perform();
  return measured(ctx.number("steps"), actors.ask<std::string>(sheet, get_atom_v));
}

// Each sign is there, once; and those of one writer are in its order.
verdict judge(const outcome& o) {
  std::array<std::vector<std::string>, writers.size()> printed;
  std::istringstream sheet{o.text("printed")};
  for (std::string what; sheet >> what;)
    printed[what.front() >= 'a' ? 1 : 0].push_back(what);
  bool in_order = true;
  for (std::size_t w = 0; w < writers.size(); ++w) {
    std::vector<std::string> due;
    for (std::int64_t step = 1; step <= o.count("steps"); ++step)
      due.push_back(sign(w, step));
    if (!std::is_permutation(due.begin(), due.end(), printed[w].begin(), printed[w].end()))
      return verdict::lost_update;
    in_order = in_order && due == printed[w];
  }
  return in_order ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story interleaving;
const compare::story interleaving{
  .name = "interleaving",
  .group = "D",
  .block = "",
  .summary = "one prints 1 to 5, another one a to e: any order between them, one order within each",
  .next = "Try: interleaving --seed 2, and mailroom explore interleaving",
  .workers = 2,
  .most_workers = 2,
  .explorable = true,
  .parameters = {{"steps", 5, 1, 26, "how far each of them goes"}},
  .small = {{"steps", 2}},
  .judge = judge,
  .versions = {{"threads", verdict::ok, threads}, {"actors", verdict::ok, actors, true}},
};

} // namespace mailroom::stories
