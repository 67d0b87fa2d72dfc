#include "mailroom/compare/report.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mailroom/compare/table.hpp"
#include "mailroom/trace/columns.hpp"

namespace mailroom::compare {

namespace {

using nlohmann::ordered_json;

/// Returns what to think of a run: the last column of every table.
std::string remark(const result& r) {
  if (r.refuted())
    return "NOT AS IT MUST BE" + (r.why.empty() ? "" : ": " + r.why);
  if (!r.as_expected())
    return fmt::format("{} did not show this time", to_string(r.version->expected));
  return r.why;
}

std::string measured(const outcome& o) {
  std::string text;
  for (auto& [name, value] : o)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, to_string(value));
  return text;
}

/// Colours the verdicts of a finished table, so that escape codes do not disturb its columns.
std::string highlighted(std::string text, bool colour) {
  if (!colour)
    return text;
  constexpr std::array<std::pair<std::string_view, int>, 2> words{
    {{"NOT AS IT MUST BE", 31}, {"did not show this time", 33}}};
  for (auto [word, code] : words)
    for (auto at = text.find(word); at != std::string::npos;
         at = text.find(word, at + word.size() + 9)) {
      text.insert(at + word.size(), "\x1b[0m");
      text.insert(at, fmt::format("\x1b[{}m", code));
    }
  return text;
}

// -- the run that shows the problem, and the one that shows the cure --------------------------------------

std::vector<const result*> worth_telling(const std::vector<result>& runs) {
  std::vector<const result*> chosen;
  auto tell = [&](const result& r) {
    if (!r.events.empty() && std::find(chosen.begin(), chosen.end(), &r) == chosen.end())
      chosen.push_back(&r);
  };
  auto lost =
    std::find_if(runs.begin(), runs.end(), [](auto& r) { return r.found != verdict::ok; });
  tell(lost == runs.end() ? runs.front() : *lost);
  auto won =
    std::find_if(runs.rbegin(), runs.rend(), [](auto& r) { return r.found == verdict::ok; });
  if (won != runs.rend())
    tell(*won);
  return chosen;
}

} // namespace

std::string told(const std::vector<result>& runs, std::size_t width, bool colour) {
  auto& s = *runs.front().story;
  auto bold = [&](const std::string& text) {
    return colour ? fmt::format("\x1b[1m{}\x1b[0m", text) : text;
  };
  std::string text = fmt::format("{}: {}\n", bold(s.name), s.summary);
  for (auto* r : worth_telling(runs))
    text += fmt::format("\n{}\n{}", bold(r->version->name),
                        trace::columns(r->events, {width, 16, colour, r->cast}));
  std::vector<table_row> rows{{"version", "must be", "was", "seconds", "measured"}};
  for (auto& r : runs) {
    auto said = remark(r);
    auto values = measured(r.outcome);
    rows.push_back(
      {r.version->name, std::string(to_string(r.version->expected)),
       std::string(to_string(r.found)), fmt::format("{:.3f}", r.seconds),
       fmt::format("{}{}{}", values, values.empty() || said.empty() ? "" : "; ", said)});
  }
  text += "\n" + highlighted(aligned(rows), colour);
  text += fmt::format("\nseed {}. {}\n", runs.front().seed, s.next);
  return text;
}

std::string table(const std::vector<result>& runs, bool colour) {
  std::vector<table_row> rows{{"story", "version", "must be", "was", "seconds", ""}};
  const story* last = nullptr;
  for (auto& r : runs) {
    rows.push_back({r.story == last ? "" : r.story->name, r.version->name,
                    std::string(to_string(r.version->expected)), std::string(to_string(r.found)),
                    fmt::format("{:.3f}", r.seconds), remark(r)});
    last = r.story;
  }
  return highlighted(aligned(rows), colour);
}

std::string json(const std::vector<result>& runs) {
  auto all = ordered_json::array();
  for (auto& r : runs) {
    auto values = ordered_json::object();
    for (auto& [name, value] : r.outcome)
      std::visit([&, &name = name](auto& v) { values[name] = v; }, value);
    ordered_json one{{"story", r.story->name},
                     {"version", r.version->name},
                     {"expected", to_string(r.version->expected)},
                     {"verdict", to_string(r.found)},
                     {"ok", !r.refuted()},
                     {"seconds", r.seconds},
                     {"seed", r.seed},
                     {"outcome", values}};
    if (!r.why.empty())
      one["why"] = r.why;
    all.push_back(std::move(one));
  }
  return all.dump(2) + "\n";
}

std::string listed(const std::vector<const story*>& stories) {
  std::vector<table_row> rows;
  for (auto* s : stories) {
    rows.push_back({s->name, s->summary});
    for (auto& v : s->versions)
      rows.push_back({"", fmt::format("{:<18} {}", v.name, to_string(v.expected))});
  }
  return aligned(rows);
}

std::string json(const std::vector<const story*>& stories) {
  auto all = ordered_json::array();
  for (auto* s : stories) {
    auto versions = ordered_json::array();
    for (auto& v : s->versions)
      versions.push_back({{"name", v.name}, {"verdict", to_string(v.expected)}});
    all.push_back({{"story", s->name},
                   {"group", s->group},
                   {"block", s->block},
                   {"summary", s->summary},
                   {"explorable", s->explorable},
                   {"versions", std::move(versions)}});
  }
  return all.dump(2) + "\n";
}

} // namespace mailroom::compare
