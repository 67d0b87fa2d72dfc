#include "mailroom/explore/livelock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "mailroom/explore/findings.hpp"
#include "mailroom/explore/replay.hpp"
#include "mailroom/explore/search.hpp"

namespace mailroom::explore {

namespace {

using clock = std::chrono::steady_clock;
using participants = std::set<int>;

/// A step from one state to another.
struct edge {
  choice step;
  std::string letters;
  std::size_t to;
  bool progress;
};

struct state {
  std::vector<choice> way; ///< the shortest one from the start
  std::string written;     ///< the same in letters
  std::vector<choice> open;
  std::vector<edge> edges;
};

// -- the graph ------------------------------------------------------------------------------------

class graph {
public:
  graph(const experiment& make, const options& o) : make_(make), options_(o) {}

  /// Visits states until there are no new ones. Returns whether it got to the end.
  bool build(findings& found) {
    auto start = clock::now();
    visit({}, "", found);
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (states_.size() > options_.max_states || clock::now() - start > options_.max_time)
        return false;
      auto open = states_[i].open; // states_ grows meanwhile
      for (auto& c : open) {
        auto way = states_[i].way;
        way.push_back(c);
        auto e = visit(std::move(way), states_[i].written, found);
        states_[i].edges.push_back(e);
      }
    }
    return true;
  }

  const std::vector<state>& states() const { return states_; }
  std::uint64_t steps() const { return steps_; }

private:
  /// Goes a way and returns its last step. Notes the state there if it is new.
  edge visit(std::vector<choice> way, const std::string& written, findings& found) {
    auto e = make_({.states = true});
    std::size_t at = 0;
    std::vector<choice> open;
    std::uint64_t progress = 0;
    std::uint64_t name = 0;
    std::string letters;
    bool there = false;
    e->run([&](const std::vector<choice>& now) -> std::optional<choice> {
      if (at == way.size()) {
        there = true;
        open = now;
        name = e->state();
        return std::nullopt;
      }
      if (at + 1 == way.size()) {
        progress = e->progress();
        if (now.size() > 1 || e->letters(way[at]) != "m")
          letters = e->letters(way[at]);
      }
      ++steps_;
      return way[at++];
    });
    if (at < way.size())
      throw refused("the scenario does not do the same each time: a way to a state is gone");
    if (!there) { // it ended: such states have no steps, and are told apart by their end only
      name = static_cast<std::uint64_t>(e->end()) + 1;
    }
    auto [known, is_new] = index_.try_emplace({there, name}, states_.size());
    edge last{way.empty() ? choice{} : way.back(), letters, known->second,
              e->progress() != progress};
    if (is_new) {
      auto length = way.size();
      auto text = written + letters;
      states_.push_back({std::move(way), text, std::move(open), {}});
      if (!there)
        found.add(
          *e, [&] { return text; }, 0, length);
    }
    return last;
  }

  const experiment& make_;
  const options& options_;
  std::vector<state> states_;
  std::map<std::pair<bool, std::uint64_t>, std::size_t> index_;
  std::uint64_t steps_ = 0;
};

// -- circles --------------------------------------------------------------------------------------

/// Finds the strongly connected parts of a graph, by the steps without progress (Tarjan, 1972).
/// With a stack of its own: a graph may be deeper than the stack of a thread.
class components {
public:
  explicit components(const std::vector<state>& states)
    : states_(states), number_(states.size(), none), low_(states.size()),
      part_(states.size(), none) {
    for (std::size_t s = 0; s < states.size(); ++s)
      if (number_[s] == none)
        visit(s);
  }

  std::size_t count() const { return parts_; }
  std::size_t of(std::size_t state) const { return part_[state]; }

private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  void visit(std::size_t from) {
    std::vector<std::pair<std::size_t, std::size_t>> calls{{from, 0}}; // a state, and its next edge
    open(from);
    while (!calls.empty()) {
      auto [s, next] = calls.back();
      auto& edges = states_[s].edges;
      if (next < edges.size()) {
        ++calls.back().second;
        auto& e = edges[next];
        if (e.progress)
          continue;
        if (number_[e.to] == none) {
          open(e.to);
          calls.emplace_back(e.to, 0);
        } else if (part_[e.to] == none) {
          low_[s] = std::min(low_[s], number_[e.to]);
        }
        continue;
      }
      calls.pop_back();
      if (!calls.empty())
        low_[calls.back().first] = std::min(low_[calls.back().first], low_[s]);
      if (low_[s] == number_[s])
        close(s);
    }
  }

  void open(std::size_t s) {
    number_[s] = low_[s] = visited_++;
    stack_.push_back(s);
  }

  void close(std::size_t s) {
    std::size_t top = none;
    do {
      top = stack_.back();
      stack_.pop_back();
      part_[top] = parts_;
    } while (top != s);
    ++parts_;
  }

  const std::vector<state>& states_;
  std::vector<std::size_t> number_, low_, part_, stack_;
  std::size_t visited_ = 0;
  std::size_t parts_ = 0;
};

/// The participants that move in a part, if it is a fair circle: whoever can move all the time
/// does. Empty if it is not.
participants movers(const std::vector<state>& states, const std::vector<std::size_t>& part,
                    const components& parts) {
  participants moving;
  participants always;
  bool first = true;
  for (auto s : part) {
    participants can;
    for (auto& c : states[s].open)
      can.insert(c.who);
    if (std::exchange(first, false)) {
      always = can;
    } else {
      participants both;
      std::set_intersection(always.begin(), always.end(), can.begin(), can.end(),
                            std::inserter(both, both.end()));
      always = std::move(both);
    }
    for (auto& e : states[s].edges)
      if (!e.progress && parts.of(e.to) == parts.of(s))
        moving.insert(e.step.who);
  }
  bool fair = std::includes(moving.begin(), moving.end(), always.begin(), always.end());
  return fair ? moving : participants{};
}

/// Returns the shortest way from `entry` through its part and back that lets all of `moving` move.
std::string shortest_circle(const std::vector<state>& states, std::size_t entry,
                            const participants& moving, const components& parts) {
  struct walk {
    std::size_t at;
    participants moved;
    std::string written;
  };
  std::vector<walk> walks{{entry, {}, ""}};
  std::set<std::pair<std::size_t, participants>> seen;
  for (std::size_t i = 0; i < walks.size(); ++i) {
    auto now = walks[i]; // walks grows meanwhile
    for (auto& e : states[now.at].edges) {
      if (e.progress || parts.of(e.to) != parts.of(entry))
        continue;
      auto moved = now.moved;
      moved.insert(e.step.who);
      auto written = now.written + e.letters;
      if (e.to == entry && moved == moving)
        return written;
      if (seen.emplace(e.to, moved).second)
        walks.push_back({e.to, std::move(moved), std::move(written)});
    }
  }
  return "";
}

/// Drives the circles of a graph and adds those that close to `r`.
void add_livelocks(const graph& g, const experiment& make, const options& o, result& r) {
  auto& states = g.states();
  components parts{states};
  std::vector<std::vector<std::size_t>> members(parts.count());
  for (std::size_t s = 0; s < states.size(); ++s)
    members[parts.of(s)].push_back(s);
  finding all;
  std::size_t refuted = 0;
  for (auto& part : members) {
    auto moving = movers(states, part, parts);
    if (moving.empty())
      continue;
    auto entry = *std::min_element(part.begin(), part.end(), [&](auto a, auto b) {
      return states[a].way.size() < states[b].way.size();
    });
    auto text = states[entry].written + "(" + shortest_circle(states, entry, moving, parts) + ")*";
    try {
      auto lasso = follow(make, text, o);
      if (++all.schedules == 1 || lasso.replay.size() < all.simplest.replay.size())
        all.simplest = std::move(lasso);
      all.end = ending::livelock;
    } catch (const schedule_error&) {
      ++refuted;
    }
  }
  if (refuted > 0)
    r.bounds += (r.bounds.empty() ? "" : ", ") + std::to_string(refuted)
                + " circles did not close when driven: local variables tell more than the states";
  all.why = all.simplest.why;
  if (all.schedules > 0)
    r.findings.insert(r.findings.begin(), std::move(all));
}

} // namespace

result search_states(const experiment& make, const options& o) {
  auto start = clock::now();
  result r;
  r.how = strategy::states;
  findings found;
  graph g{make, o};
  r.complete = g.build(found);
  if (!r.complete)
    r.bounds = "stopped after " + std::to_string(g.states().size()) + " states";
  r.states = g.states().size();
  r.steps = g.steps();
  found.into(r);
  add_histories(r, make, o);
  add_livelocks(g, make, o, r);
  select_simplest(r);
  r.seconds = std::chrono::duration<double>(clock::now() - start).count();
  return r;
}

} // namespace mailroom::explore
