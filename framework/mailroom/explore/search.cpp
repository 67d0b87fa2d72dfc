#include "mailroom/explore/search.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>

#include "mailroom/explore/findings.hpp"
#include "mailroom/explore/replay.hpp"

namespace mailroom::explore {

namespace {

using clock = std::chrono::steady_clock;

bool contains(const std::vector<choice>& steps, const choice& s) {
  return std::find(steps.begin(), steps.end(), s) != steps.end();
}

/// What was open at one step of the schedule, and what has been tried there.
struct node {
  std::vector<choice> open;
  std::vector<choice> asleep = {}; ///< tried before in an order that comes to the same
  std::vector<choice> done = {};
  choice chosen{};
  int last = -1;       ///< who moved before
  int preemptions = 0; ///< before this step

  /// Returns the preemptions so far if `s` is chosen here.
  int cost(const choice& s) const {
    bool could_go_on =
      std::any_of(open.begin(), open.end(), [this](auto& c) { return c.who == last; });
    return preemptions + (s.who != last && could_go_on ? 1 : 0);
  }
};

/// Goes through all schedules of an experiment, depth first.
class depth_first {
public:
  depth_first(const experiment& make, const options& o, strategy how)
    : make_(make), options_(o), how_(how) {}

  result run() {
    findings found;
    result r;
    r.how = how_;
    auto start = clock::now();
    bool exhausted = false;
    for (;;) {
      auto e = make_({});
      depth_ = 0;
      blocked_ = false;
      surprise_.clear();
      e->run([&](const std::vector<choice>& open) { return next(open, *e); });
      if (!surprise_.empty())
        throw refused(surprise_);
      if (depth_ < path_.size()) // it ended before it could do what it did last time
        throw refused("the scenario does not do the same each time: it ended after "
                      + std::to_string(depth_) + " steps where it had gone on before");
      r.steps += depth_;
      if (!blocked_) {
        ++r.schedules;
        r.cut += e->end() == ending::cut ? 1 : 0;
        found.add(
          *e, [&] { return written(*e); }, path_.empty() ? 0 : cost_of_path(), depth_);
        if (options_.after_each)
          options_.after_each(e->end());
      }
      if (exhausted = !back(); exhausted)
        break;
      if (r.schedules >= options_.max_schedules || clock::now() - start > options_.max_time)
        break;
    }
    r.seconds = std::chrono::duration<double>(clock::now() - start).count();
    r.complete = exhausted && r.cut == 0 && how_ != strategy::preemptions;
    exhausted_ = exhausted;
    found.into(r);
    return r;
  }

  /// Returns whether there was nothing left to try.
  bool exhausted() const { return exhausted_; }

private:
  std::optional<choice> next(const std::vector<choice>& open, const execution& e) {
    if (depth_ < path_.size())
      return again(open, e);
    if (depth_ >= static_cast<std::size_t>(options_.max_steps))
      return std::nullopt;
    node n;
    n.open = open;
    if (!path_.empty()) {
      auto& before = path_.back();
      n.last = before.chosen.who;
      n.preemptions = before.cost(before.chosen);
      if (how_ == strategy::sleep_sets)
        n.asleep = sleeping_after(before);
    }
    if (!pick(n)) {
      blocked_ = true; // all that could follow was tried in another order
      return std::nullopt;
    }
    path_.push_back(std::move(n));
    ++depth_;
    return path_.back().chosen;
  }

  /// Takes the step of last time, if everything is as it was.
  std::optional<choice> again(const std::vector<choice>& open, const execution& e) {
    auto& n = path_[depth_];
    auto alike = [](const choice& a, const choice& b) {
      return a == b && a.on == b.on && a.with == b.with && a.reads_only == b.reads_only;
    };
    if (!std::equal(open.begin(), open.end(), n.open.begin(), n.open.end(), alike)) {
      surprise_ = "the scenario does not do the same each time: after " + std::to_string(depth_)
                  + " steps, '" + written(e) + "', others could move than before";
      return std::nullopt;
    }
    ++depth_;
    return n.chosen;
  }

  static std::vector<choice> sleeping_after(const node& before) {
    std::vector<choice> asleep;
    auto add = [&](const std::vector<choice>& steps) {
      for (auto& s : steps)
        if (!(s == before.chosen) && !dependent(s, before.chosen))
          asleep.push_back(s);
    };
    add(before.asleep);
    add(before.done);
    return asleep;
  }

  /// Chooses a step that is left to try. Returns whether there is one.
  bool pick(node& n) const {
    for (auto& s : n.open) {
      if (contains(n.done, s) || contains(n.asleep, s))
        continue;
      if (how_ == strategy::preemptions && n.cost(s) > options_.max_preemptions)
        continue;
      n.chosen = s;
      n.done.push_back(s);
      return true;
    }
    return false;
  }

  /// Goes back to the last step where there is something left to try. Returns whether there is.
  bool back() {
    while (!path_.empty() && !pick(path_.back()))
      path_.pop_back();
    return !path_.empty();
  }

  int cost_of_path() const { return path_.back().cost(path_.back().chosen); }

  std::string written(const execution& e) const {
    std::string text;
    for (std::size_t i = 0; i < depth_; ++i) {
      auto letters = e.letters(path_[i].chosen);
      if (path_[i].open.size() > 1 || letters != "m")
        text += letters;
    }
    return text;
  }

  const experiment& make_;
  const options& options_;
  const strategy how_;
  std::vector<node> path_;
  std::size_t depth_ = 0;
  bool blocked_ = false;
  bool exhausted_ = false;
  std::string surprise_;
};

/// Runs schedules by chance: each step is any of those that are open.
result by_chance(const experiment& make, const options& o) {
  findings found;
  result r;
  r.how = strategy::random;
  auto start = clock::now();
  while (r.schedules < o.max_schedules && clock::now() - start <= o.max_time) {
    std::mt19937_64 dice{o.seed + r.schedules};
    auto e = make({});
    std::string text;
    int taken = 0;
    int preemptions = 0;
    int last = -1;
    e->run([&](const std::vector<choice>& open) -> std::optional<choice> {
      if (taken == o.max_steps)
        return std::nullopt;
      auto& c = open[std::uniform_int_distribution<std::size_t>{0, open.size() - 1}(dice)];
      node n{.open = open, .last = last};
      preemptions += n.cost(c);
      auto letters = e->letters(c);
      if (open.size() > 1 || letters != "m")
        text += letters;
      ++taken;
      last = c.who;
      return c;
    });
    ++r.schedules;
    r.steps += static_cast<std::uint64_t>(taken);
    r.cut += e->end() == ending::cut ? 1 : 0;
    found.add(
      *e, [&] { return text; }, preemptions, static_cast<std::size_t>(taken));
    if (o.after_each)
      o.after_each(e->end());
  }
  r.seconds = std::chrono::duration<double>(clock::now() - start).count();
  found.into(r);
  return r;
}

std::string in_words(const result& r, const options& o, bool exhausted) {
  std::string text;
  auto add = [&](const std::string& bound) { text += (text.empty() ? "" : ", ") + bound; };
  if (r.how == strategy::random)
    add("chance, seed " + std::to_string(o.seed));
  if (r.how == strategy::preemptions)
    add("at most " + std::to_string(o.max_preemptions) + " preemptions");
  if (!exhausted && r.how != strategy::random)
    add("stopped after " + std::to_string(r.schedules) + " schedules");
  if (r.cut > 0)
    add(std::to_string(r.cut) + " cut after " + std::to_string(o.max_steps) + " steps");
  return text;
}

result run_strategy(const experiment& make, const options& o, strategy how, bool& exhausted) {
  result r;
  if (how == strategy::random) {
    r = by_chance(make, o);
    exhausted = true;
  } else {
    depth_first all{make, o, how};
    r = all.run();
    exhausted = all.exhausted();
  }
  r.bounds = in_words(r, o, exhausted);
  return r;
}

} // namespace

result search(const experiment& make, const options& o) {
  std::vector<strategy> strategies{o.strategy};
  if (o.strategy == strategy::automatic)
    strategies = {strategy::all, strategy::sleep_sets, strategy::preemptions, strategy::random};
  result r;
  for (auto how : strategies) {
    bool exhausted = false;
    r = run_strategy(make, o, how, exhausted);
    if (exhausted)
      break;
  }
  add_histories(r, make, o);
  select_simplest(r);
  return r;
}

void add_histories(result& r, const experiment& make, const options& o) {
  for (auto& f : r.findings) {
    auto told = follow(make, f.simplest.replay, o);
    f.simplest.history = std::move(told.history);
    f.simplest.cast = std::move(told.cast);
  }
}

} // namespace mailroom::explore
