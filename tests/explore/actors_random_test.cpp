#include "mailroom/explore/actors.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "explore/actor_scenarios.hpp"

// Random systems of actors, and what must be so in all of them.

namespace ex = mailroom::explore;
using namespace mailroom;
using namespace mailroom::test;
using ex::strategy;

namespace {

/// What an actor does when a message comes.
enum class deed : std::uint8_t { send, ask, await, set_alarm, end };

struct reaction {
  deed what;
  std::size_t to;
};

/// For each actor: what it does at its first message, at its second one, ...
using script = std::vector<std::vector<std::vector<reaction>>>;

script random_script(std::uint64_t seed) {
  std::mt19937_64 dice{seed};
  auto below = [&dice](std::size_t n) { return static_cast<std::size_t>(dice() % n); };
  script all(2 + below(2));
  bool plain = below(2) == 0;
  for (auto& actor : all) {
    actor.resize(2);
    for (auto& reactions : actor)
      for (auto i = below(3); i > 0; --i) {
        auto what = plain ? deed::send : static_cast<deed>(below(5));
        reactions.push_back({what, below(all.size())});
      }
  }
  return all;
}

/// What everybody has seen, in order, each in a line of its own. Outlives the stage, for those who
/// look at it when all is over.
using logs = std::vector<std::string>;

caf::behavior actor(caf::event_based_actor* self, const script* all, std::size_t number,
                    const std::vector<caf::actor>* cast, std::string* log) {
  auto handled = std::make_shared<std::size_t>(0);
  auto react = [=](const std::string& message) {
    *log += message + ",";
    auto turn = (*handled)++;
    if (turn >= (*all)[number].size())
      return;
    int count = 0;
    for (auto [what, to] : (*all)[number][turn]) {
      auto text =
        std::to_string(number) + "." + std::to_string(turn) + "." + std::to_string(count++);
      auto got = [=](const std::string& reply) { *log += reply + ","; };
      auto failed = [=](const caf::error&) { *log += "no reply to " + text + ","; };
      auto& target = (*cast)[to];
      constexpr std::chrono::seconds time{1};
      switch (what) {
        case deed::send: self->send(target, text); break;
        case deed::ask:
          self->request(target, caf::infinite, go_atom_v, text).then(got, failed);
          break;
        case deed::await: self->request(target, time, go_atom_v, text).await(got, failed); break;
        case deed::set_alarm: self->delayed_send(target, time, text); break;
        case deed::end: self->quit(); break;
      }
    }
  };
  return {
    [=](const std::string& message) { react(message); },
    [=](go_atom, const std::string& message) {
      react(message);
      return "reply to " + message;
    },
  };
}

/// Plays a script: two messages from outside, and what follows from them.
scenario played(const script& all, logs& seen) {
  return [&](ex::stage& s) {
    seen.assign(all.size(), "");
    auto& cast = s.observe<std::vector<caf::actor>>();
    for (std::size_t i = 0; i < all.size(); ++i)
      cast.push_back(
        s.spawn(std::string(1, static_cast<char>('a' + i)), actor, &all, i, &cast, &seen[i]));
    for (std::size_t i = 0; i < 2; ++i)
      s.spawn("starter", [&cast, i](caf::event_based_actor* self) {
        self->send(cast[i], "start " + std::to_string(i));
      });
  };
}

using outcomes = std::set<std::string>;

/// Returns how everything can end, and adds to `orders`; nothing if there are too many orders.
outcomes outcomes_of(const script& all, strategy how, ex::semantics overtaking,
                     std::uint64_t& orders) {
  outcomes found;
  logs seen;
  ex::options o{.strategy = how, .max_steps = 60, .max_schedules = 1000, .semantics = overtaking};
  o.after_each = [&](ex::ending end) {
    std::string outcome{to_string(end)};
    for (auto& log : seen)
      outcome += "|" + log;
    found.insert(outcome);
  };
  auto r = ex::actors(played(all, seen), o);
  orders += r.schedules;
  return r.complete ? found : outcomes{};
}

} // namespace

TEST_CASE(
  "explore actors: in random systems, sleep sets find every outcome, and networks those of nodes") {
  int compared = 0;
  int wider = 0;
  std::uint64_t orders = 0;
  std::uint64_t reduced = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    auto all = random_script(seed);
    outcomes of_node;
    for (auto overtaking : {ex::node, ex::network}) {
      CAPTURE((overtaking == ex::node));
      std::uint64_t unreduced = 0;
      auto every = outcomes_of(all, strategy::all, overtaking, unreduced);
      if (every.empty())
        continue;
      orders += unreduced;
      CHECK(outcomes_of(all, strategy::sleep_sets, overtaking, reduced) == every);
      ++compared;
      if (overtaking == ex::node)
        of_node = every;
      else if (!of_node.empty()) {
        CHECK(std::includes(every.begin(), every.end(), of_node.begin(), of_node.end()));
        wider += every.size() > of_node.size() ? 1 : 0;
      }
    }
  }
  CHECK(compared > 400);
  CHECK(wider > 10);
  CHECK(reduced < orders / 2);
}
