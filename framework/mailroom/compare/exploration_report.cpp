#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mailroom/compare/exploration.hpp"
#include "mailroom/compare/table.hpp"

namespace mailroom::compare {

namespace {

std::string remark(const exploration& e) {
  std::string text;
  if (!e.as_expected())
    text = fmt::format("NOT AS IT MUST BE: {}", to_string(e.worst()));
  if (!e.result.bounds.empty())
    text += (text.empty() ? "" : "; ") + e.result.bounds;
  return text;
}

/// Schedules per second, where there are enough to tell.
std::string per_second(const explore::result& r) {
  constexpr std::uint64_t enough = 100;
  if (r.schedules < enough || r.seconds <= 0)
    return "";
  return fmt::format("{:.0f}", static_cast<double>(r.schedules) / r.seconds);
}

} // namespace

std::string told(const exploration& e) {
  std::ostringstream out;
  out << e.story->name << '.' << e.version->name << ", which must be " << to_string(e.expected())
      << '\n';
  e.result.print(out);
  if (e.result.bad() > 0)
    out << fmt::format("again: mailroom replay '{}.{}:{}'\n", e.story->name, e.version->name,
                       e.result.simplest.replay);
  if (!e.as_expected())
    out << remark(e) << '\n';
  return out.str();
}

std::string table(const std::vector<exploration>& all) {
  std::vector<table_row> rows{
    {"story", "version", "must be", "schedules", "bad", "chosen", "per second", "simplest", ""}};
  const story* last = nullptr;
  for (auto& e : all) {
    auto& r = e.result;
    bool graph = r.how == explore::strategy::states;
    rows.push_back({e.story == last ? "" : e.story->name, e.version->name,
                    std::string(to_string(e.expected())),
                    std::to_string(graph ? r.states : r.schedules), std::to_string(r.bad()),
                    std::string(to_string(r.how)), per_second(r), r.simplest.replay, remark(e)});
    last = e.story;
  }
  return aligned(rows);
}

std::string json(const std::vector<exploration>& all) {
  using nlohmann::ordered_json;
  auto rows = ordered_json::array();
  for (auto& e : all) {
    auto& r = e.result;
    auto verdicts = ordered_json::object();
    for (auto& [v, schedules] : e.verdicts)
      verdicts[std::string(to_string(v))] = schedules;
    ordered_json one{{"story", e.story->name},
                     {"version", e.version->name},
                     {"expected", to_string(e.expected())},
                     {"schedules", r.schedules},
                     {"bad", r.bad()},
                     {"verdicts", verdicts},
                     {"complete", r.complete},
                     {"reduction", to_string(r.how)},
                     {"simplest", r.simplest.replay},
                     {"ok", e.as_expected()},
                     {"seconds", r.seconds}};
    if (r.states > 0)
      one["states"] = r.states;
    if (!r.bounds.empty())
      one["bounds"] = r.bounds;
    if (!r.simplest.why.empty())
      one["why"] = r.simplest.why;
    rows.push_back(std::move(one));
  }
  return rows.dump(2) + "\n";
}

} // namespace mailroom::compare
