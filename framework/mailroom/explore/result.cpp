#include "mailroom/explore/result.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include "mailroom/explore/findings.hpp"
#include "mailroom/explore/render.hpp"

namespace mailroom::explore {

std::string_view to_string(strategy s) noexcept {
  constexpr std::array<std::string_view, 6> names{"automatic",   "all",    "sleep_sets",
                                                  "preemptions", "random", "states"};
  return names[static_cast<std::size_t>(s)];
}

std::uint64_t result::bad() const noexcept {
  std::uint64_t n = 0;
  for (auto& f : findings)
    n += f.schedules;
  return n;
}

// -- collecting -----------------------------------------------------------------------------------

void findings::add(const execution& e, const std::function<std::string()>& replay, int preemptions,
                   std::size_t steps) {
  auto end = e.end();
  if (end == ending::fine || end == ending::cut)
    return;
  bool by_words = end == ending::violated || end == ending::threw;
  auto& [what, kept_steps] = all_[{end, by_words ? e.why() : ""}];
  bool simpler =
    what.schedules == 0
    || std::pair{preemptions, steps} < std::pair{what.simplest.preemptions, kept_steps};
  ++what.schedules;
  if (!simpler)
    return;
  kept_steps = steps;
  what.end = end;
  what.why = e.why();
  what.simplest = {.end = end, .why = what.why, .replay = replay(), .preemptions = preemptions};
}

void findings::into(result& r) const {
  for (auto& [key, kept] : all_)
    r.findings.push_back(kept.what);
  std::stable_sort(r.findings.begin(), r.findings.end(),
                   [](auto& a, auto& b) { return a.schedules > b.schedules; });
}

void select_simplest(result& r) {
  auto simpler = [](const finding& a, const finding& b) {
    auto rank = [](const run& s) { return std::pair{s.preemptions, s.history.size()}; };
    return rank(a.simplest) < rank(b.simplest);
  };
  auto best = std::min_element(r.findings.begin(), r.findings.end(), simpler);
  if (best != r.findings.end())
    r.simplest = best->simplest;
}

// -- telling --------------------------------------------------------------------------------------

namespace {

std::string counted(std::uint64_t n, std::string_view what) {
  return std::to_string(n) + " " + std::string(what) + (n == 1 ? "" : "s");
}

std::string how_many(const result& r) {
  if (r.how == strategy::states)
    return counted(r.states, "state");
  auto text = counted(r.schedules, "schedule");
  if (r.how == strategy::sleep_sets)
    text += " that differ in more than the order of independent steps";
  return text;
}

std::string what_of_it(const result& r) {
  if (r.how == strategy::states)
    return r.bad() == 0 ? "no livelock" : counted(r.bad(), "trap");
  if (r.bad() == 0)
    return r.complete ? "none fails, and there are no others" : "none of these fails";
  return std::to_string(r.bad()) + (r.bad() == 1 ? " fails" : " fail");
}

} // namespace

void result::print(std::ostream& out) const {
  out << how_many(*this) << ": " << what_of_it(*this) << (bounds.empty() ? "" : " (" + bounds + ")")
      << '\n';
  for (auto& f : findings) {
    out << "  " << f.schedules << " x " << to_string(f.end);
    if (!f.why.empty())
      out << ": " << f.why;
    out << '\n';
  }
  if (bad() > 0)
    out << "simplest: " << simplest.replay << '\n' << columns(simplest);
}

} // namespace mailroom::explore
