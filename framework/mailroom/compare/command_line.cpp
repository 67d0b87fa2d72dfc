#include "mailroom/compare/command_line.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iterator>
#include <set>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "mailroom/compare/command.hpp"
#include "mailroom/compare/console.hpp"
#include "mailroom/compare/explore_commands.hpp"
#include "mailroom/compare/report.hpp"
#include "mailroom/compare/runner.hpp"
#include "mailroom/process/serve.hpp"

namespace mailroom::compare {

namespace {

/// What the options of all commands say.
struct options {
  settings run;
  std::string version = "all";
  double limit = 60;
  bool json = false;
};

void add_seed(CLI::App& app, options& o, const std::string& help) {
  app.add_option("--seed", o.run.seed, help)
    ->check(CLI::NonNegativeNumber) // else -1 would be a very large one
    ->capture_default_str();
}

/// Adds the options that every command understands, and the numbers of the stories it may run.
void add_options(CLI::App& app, options& o, const std::vector<const story*>& stories) {
  app.add_option("--scale", o.run.scale, "real seconds per second of a story, up to 100")
    ->capture_default_str();
  add_seed(app, o, "for everything random");
  app.add_option("--workers", o.run.workers, "how many take part (default: as the story has it)")
    ->check(CLI::PositiveNumber);
  app.add_option("--limit", o.limit, "real seconds after which a run counts as hung")
    ->check(CLI::Range(0.1, 3600.0))
    ->capture_default_str();
  app.add_flag("--json", o.json, "print JSON for scripts");
  for (auto* s : stories)
    for (auto& p : s->parameters)
      if (!app.get_option_no_throw("--" + p.name))
        app.add_option_function<std::int64_t>(
          "--" + p.name, [&o, name = p.name](std::int64_t n) { o.run.numbers[name] = n; },
          fmt::format("{} (default: {})", p.help, p.initial));
}

void add_version(CLI::App& app, options& o) {
  app.add_option("--version", o.version, "one version, or all")->capture_default_str();
}

// -- commands -----------------------------------------------------------------------------------------

int exit_code(const std::vector<result>& runs) {
  bool refuted = std::any_of(runs.begin(), runs.end(), [](auto& r) { return r.refuted(); });
  return refuted ? 1 : 0;
}

std::vector<result> run_versions(const story& s, const options& o) {
  std::vector<result> runs;
  try {
    if (o.version != "all")
      runs.push_back(run(s, s.find(o.version), o.run));
    else
      for (auto& v : s.versions)
        runs.push_back(run(s, v, o.run));
  } catch (const std::out_of_range& e) {
    throw usage_error(e.what());
  } catch (const std::invalid_argument& e) {
    throw usage_error(e.what());
  }
  return runs;
}

int run_story(const story& s, const options& o) {
  auto runs = run_versions(s, o);
  console::print(o.json ? json(runs) : told(runs, console::width(), console::colours()));
  return exit_code(runs);
}

/// Tells people what takes so long, on a line that the next call wipes away.
void working_on(const std::string& what, const options& o) {
  if (!o.json && console::is_terminal())
    console::print(what.empty() ? "\r\x1b[K" : fmt::format("\r\x1b[K{} ...", what));
}

int tour(const std::vector<const story*>& stories, const options& o) {
  std::vector<result> all;
  for (auto* s : stories) {
    working_on(s->name, o);
    auto runs = run_versions(*s, o);
    all.insert(all.end(), std::make_move_iterator(runs.begin()),
               std::make_move_iterator(runs.end()));
  }
  working_on("", o);
  console::print(o.json ? json(all) : table(all, console::colours()));
  return exit_code(all);
}

int bench(const std::vector<benchmark>& benches, const std::vector<std::string>& groups, int rounds,
          const options& o) {
  for (auto& g : groups)
    if (std::none_of(benches.begin(), benches.end(), [&](auto& b) { return b.group == g; })) {
      std::set<std::string> known;
      for (auto& b : benches)
        known.insert(b.group);
      throw usage_error(
        fmt::format("no benchmarks are called '{}'; there are {}", g, fmt::join(known, ", ")));
    }
  std::vector<measurement> all;
  std::set<std::string> told;
  for (auto& b : benches)
    if (groups.empty() || std::find(groups.begin(), groups.end(), b.group) != groups.end()) {
      if (!b.note.empty() && told.insert(b.note).second)
        fmt::print(stderr, "mailroom: {}\n", b.note);
      working_on(b.name, o);
      all.push_back(measure(b, rounds, o.run.seed));
    }
  working_on("", o);
  console::print(o.json ? json(all) : table(all));
  return 0;
}

// -- errors -------------------------------------------------------------------------------------------

std::string in_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// CLI11 would only say that a command is required.
void refuse_unknown_command(CLI::App& app, int argc, char** argv) {
  auto commands = app.get_subcommands([](auto*) { return true; });
  if (commands.empty() || argc < 2 || argv[1][0] == '-')
    return;
  std::vector<std::string> known;
  for (auto* c : commands)
    known.push_back(c->get_name());
  if (std::find(known.begin(), known.end(), argv[1]) == known.end())
    throw usage_error(
      fmt::format("no command is called '{}'; there are {}", argv[1], fmt::join(known, ", ")));
}

/// Runs a command and turns what it throws into one line on stderr and an exit code.
int guarded(CLI::App& app, options& o, int argc, char** argv, const std::function<int()>& command) {
  auto say = [&](const std::string& what) {
    fmt::print(stderr, "{}: {}\n", app.get_name(), in_one_line(what));
  };
  try {
    console::open();
    refuse_unknown_command(app, argc, argv);
    app.parse(argc, argv);
    o.run.limit = std::chrono::milliseconds{static_cast<std::int64_t>(o.limit * 1000)};
    return command();
  } catch (const CLI::CallForHelp&) {
    console::print(app.help());
    return 0;
  } catch (const CLI::ParseError& e) {
    say(std::string(e.what()) + "; --help says what there is");
    return 2;
  } catch (const usage_error& e) {
    say(e.what());
    return 2;
  } catch (const std::exception& e) {
    say(e.what());
    return 1;
  }
}

} // namespace

const story& find_story(const std::vector<const story*>& stories, const std::string& name) {
  for (auto* s : stories)
    if (s->name == name)
      return *s;
  throw usage_error(fmt::format("no story is called '{}'; 'mailroom list' names them", name));
}

int story_main(const story& s, int argc, char** argv) {
  serve_if_worker(); // stories have pools of processes
  options o;
  CLI::App app{s.summary, s.name};
  add_version(app, o);
  add_options(app, o, {&s});
  return guarded(app, o, argc, argv, [&] { return run_story(s, o); });
}

int stories_main(const std::vector<const story*>& stories, const std::vector<benchmark>& benches,
                 int argc, char** argv) {
  serve_if_worker(); // stories and benchmarks have pools of processes
  options o;
  std::string name;
  CLI::App app{"Race-free alternatives to locks, side by side with the locks.", "mailroom"};
  app.require_subcommand(1);
  auto* list = app.add_subcommand("list", "name the stories and their versions");
  list->add_flag("--json", o.json, "print JSON for scripts");
  auto* run = app.add_subcommand("run", "run one story and compare its versions");
  run->add_option("STORY", name, "one of 'mailroom list'")->required();
  add_version(*run, o);
  add_options(*run, o, stories);
  auto* all = app.add_subcommand("tour", "run all stories, for one table");
  add_options(*all, o, {});
  auto* race = app.add_subcommand("bench", "measure ratios to what others offer");
  std::vector<std::string> groups;
  int rounds = 7;
  race->add_option("NAME", groups, "which benchmarks (default: all)");
  race->add_option("--rounds", rounds, "how often each contender runs")
    ->check(CLI::Range(1, 1000))
    ->capture_default_str();
  add_seed(*race, o, "for the order within a round");
  race->add_flag("--json", o.json, "print JSON for scripts");
  explore_commands exploring{app, stories};
  auto command = [&] {
    if (auto code = exploring.run(); code >= 0)
      return code;
    if (race->parsed())
      return bench(benches, groups, rounds, o);
    if (list->parsed()) {
      console::print(o.json ? json(stories) : listed(stories));
      return 0;
    }
    return run->parsed() ? run_story(find_story(stories, name), o) : tour(stories, o);
  };
  return guarded(app, o, argc, argv, command);
}

} // namespace mailroom::compare
