#pragma once

#include <string>
#include <vector>

#include "mailroom/compare/story.hpp"
#include "mailroom/trace/timeline.hpp"

namespace mailroom::compare {

/// What came of one run of one version.
struct result {
  const compare::story* story;
  const compare::version* version;
  verdict found;
  std::string why; ///< who waits for what, or what was thrown; empty if nothing is to be said
  double seconds;  ///< real time
  std::uint64_t seed;
  compare::outcome outcome; ///< empty if the run did not end by itself
  std::vector<trace::event> events;
  std::vector<std::string> cast; ///< whose columns come first

  /// Returns whether the run ended as the version must.
  bool as_expected() const { return found == version->expected; }

  /// Returns whether this run refutes its version: what must be ok was not, or a bug came out as a
  /// worse one. A bug that did not show this time refutes nothing: it needs bad luck.
  bool refuted() const { return !as_expected() && found != verdict::ok; }
};

/// Runs one version of a story. Never hangs: what is not done within `s.limit` gets a verdict.
///
/// Throws `std::invalid_argument` if a setting is out of its range.
result run(const story& s, const version& v, const settings& with);

/// Returns `with` completed by the story's own numbers. Throws `std::invalid_argument`, naming the
/// first value that is out of range or unknown to the story.
settings complete(const story& s, settings with);

} // namespace mailroom::compare
