#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mailroom/compare/story.hpp"
#include "mailroom/explore/options.hpp"

namespace mailroom::compare {

/// What came of all schedules of one version, or of all orders of its messages.
struct exploration {
  const compare::story* story;
  const compare::version* version;
  explore::result result;
  std::map<verdict, std::uint64_t> verdicts; ///< how many schedules end with each; without `ok`

  /// Returns the worst that can happen: the last of the verdicts found.
  verdict worst() const { return verdicts.empty() ? verdict::ok : verdicts.rbegin()->first; }

  /// Returns what the worst must be.
  verdict expected() const { return version->at_worst.value_or(version->expected); }

  bool as_expected() const { return worst() == expected(); }
};

/// Runs one version of an explorable story under all its schedules, with few workers and small
/// numbers; or goes through its states, if it may go round for ever.
///
/// Throws `std::invalid_argument` if story or version are not explorable, and `explore::refused`.
exploration explore_version(const story& s, const version& v, const explore::options& how = {});

/// Runs one schedule of it. Throws `explore::schedule_error` at the step that does not fit.
explore::run replay_version(const story& s, const version& v, std::string_view schedule,
                            const explore::options& how = {});

/// Returns what a schedule of a story amounts to.
verdict verdict_of(const explore::run& r);

/// Returns explorations for people: one version with its simplest failing schedule, or one table
/// of all.
std::string told(const exploration& e);
std::string table(const std::vector<exploration>& all);

/// Returns explorations for scripts.
std::string json(const std::vector<exploration>& all);

} // namespace mailroom::compare
