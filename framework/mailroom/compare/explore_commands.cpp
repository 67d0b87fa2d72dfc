#include "mailroom/compare/explore_commands.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "mailroom/compare/command.hpp"
#include "mailroom/compare/console.hpp"
#include "mailroom/compare/exploration.hpp"
#include "mailroom/explore/render.hpp"
#include "mailroom/explore/replay.hpp"

namespace mailroom::compare {

namespace {

using explore::strategy;

const std::map<std::string, strategy> strategies{{"automatic", strategy::automatic},
                                                 {"all", strategy::all},
                                                 {"sleep_sets", strategy::sleep_sets},
                                                 {"preemptions", strategy::preemptions},
                                                 {"random", strategy::random}};

const version& find(const story& s, const std::string& name) {
  try {
    return s.find(name);
  } catch (const std::out_of_range& e) {
    throw usage_error(e.what());
  }
}

/// "bank_account.racy" -> bank_account, racy. Without a point, the second is empty.
std::pair<std::string, std::string> split(const std::string& name) {
  auto point = name.find('.');
  if (point == std::string::npos)
    return {name, ""};
  return {name.substr(0, point), name.substr(point + 1)};
}

std::string explorable(const std::vector<const story*>& stories) {
  std::string names;
  for (auto* s : stories)
    if (s->explorable)
      names += (names.empty() ? "" : ", ") + s->name;
  return names;
}

void check(const story& s, const std::vector<const story*>& stories) {
  if (!s.explorable)
    throw usage_error(fmt::format("{} cannot be explored; {} can", s.name, explorable(stories)));
}

void check(const story& s, const version& v) {
  if (!v.explorable)
    throw usage_error(fmt::format("{}.{} cannot be explored; other versions can", s.name, v.name));
}

} // namespace

struct explore_commands::arguments {
  const CLI::App* explore = nullptr;
  const CLI::App* replay = nullptr;
  std::string name;
  bool all = false;
  bool json = false;
  bool network = false;
  std::string how = "automatic";
  std::string format = "columns";
  explore::options options;

  explore::options chosen() const {
    auto o = options;
    o.strategy = strategies.at(how);
    o.semantics = network ? explore::network : explore::node;
    return o;
  }
};

explore_commands::explore_commands(CLI::App& app, std::vector<const story*> stories)
  : stories_(std::move(stories)), given_(std::make_unique<arguments>()) {
  auto& g = *given_;
  auto* explore = app.add_subcommand("explore", "run every interleaving of a story");
  g.explore = explore;
  auto* story = explore->add_option("STORY[.VERSION]", g.name, "one of 'mailroom list'");
  explore->add_flag("--all", g.all, "all that can be explored, as a table")->excludes(story);
  std::vector<std::string> names;
  for (auto& [name, value] : strategies)
    names.push_back(name);
  explore->add_option("--strategy", g.how, "how to choose schedules")
    ->check(CLI::IsMember(names))
    ->capture_default_str();
  explore->add_option("--preemptions", g.options.max_preemptions, "at most, by that strategy")
    ->check(CLI::Range(0, 100))
    ->capture_default_str();
  explore->add_option("--schedules", g.options.max_schedules, "at most, by each strategy")
    ->check(CLI::Range(1, 1'000'000'000))
    ->capture_default_str();
  explore->add_option("--steps", g.options.max_steps, "at most, in one schedule")
    ->check(CLI::Range(1, 1'000'000))
    ->capture_default_str();
  explore->add_option("--seed", g.options.seed, "for random schedules")
    ->check(CLI::NonNegativeNumber)
    ->capture_default_str();
  explore->add_flag("--json", g.json, "print JSON for scripts");

  auto* replay = app.add_subcommand("replay", "run one schedule, step by step");
  g.replay = replay;
  replay->add_option("STORY.VERSION:SCHEDULE", g.name, "as 'mailroom explore' prints it")
    ->required();
  replay->add_option("--format", g.format, "columns, or a picture")
    ->check(CLI::IsMember({"columns", "mermaid", "svg"}))
    ->capture_default_str();
  for (auto* command : {explore, replay}) {
    command->add_flag("--network", g.network,
                      "let messages of different actors overtake each other");
    command->add_flag("--spurious", g.options.spurious_wakeups,
                      "let waits end for no reason, once");
  }
}

explore_commands::~explore_commands() = default;

int explore_commands::run() const {
  if (given_->explore->parsed())
    return explore();
  return given_->replay->parsed() ? replay() : -1;
}

int explore_commands::explore() const {
  auto& g = *given_;
  std::vector<const story*> stories;
  std::string only;
  if (g.all) {
    std::copy_if(stories_.begin(), stories_.end(), std::back_inserter(stories),
                 [](auto* s) { return s->explorable; });
  } else if (g.name.empty()) {
    throw usage_error("explore needs a story, or --all");
  } else {
    auto [name, version] = split(g.name);
    stories.push_back(&find_story(stories_, name));
    only = version;
    check(*stories.front(), stories_);
  }
  std::vector<exploration> all;
  for (auto* s : stories) {
    if (!only.empty())
      check(*s, find(*s, only));
    for (auto& v : s->versions)
      if (only.empty() ? v.explorable : v.name == only)
        all.push_back(explore_version(*s, v, g.chosen()));
  }
  if (g.json)
    console::print(json(all));
  else if (g.all)
    console::print(table(all));
  else
    for (auto& e : all)
      console::print((&e == &all.front() ? "" : "\n") + told(e));
  return std::all_of(all.begin(), all.end(), [](auto& e) { return e.as_expected(); }) ? 0 : 1;
}

int explore_commands::replay() const {
  auto& g = *given_;
  auto colon = g.name.find(':');
  if (colon == std::string::npos)
    throw usage_error(
      fmt::format("'{}' is not STORY.VERSION:SCHEDULE, like bank_account.racy:ABBA", g.name));
  auto [name, version_name] = split(g.name.substr(0, colon));
  auto& s = find_story(stories_, name);
  auto& v = find(s, version_name);
  check(s, stories_);
  check(s, v);
  auto r = replay_version(s, v, std::string_view(g.name).substr(colon + 1), g.chosen());
  if (g.format == "mermaid")
    console::print(explore::mermaid(r));
  else if (g.format == "svg")
    console::print(explore::svg(r));
  else
    console::print(explore::columns(r, console::width())
                   + fmt::format("verdict: {}\n", to_string(verdict_of(r))));
  return 0;
}

} // namespace mailroom::compare
