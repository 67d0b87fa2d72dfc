#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mailroom/compare/context.hpp"
#include "mailroom/compare/outcome.hpp"
#include "mailroom/compare/verdict.hpp"

namespace mailroom::compare {

/// One way to write a story, and the verdict it must have.
struct version {
  std::string name; ///< an identifier: what `--version` takes
  verdict expected;
  std::function<outcome(context&)> run;
  /// Whether it is a `troupe` of actors, so that the order of their messages is explored. Of other
  /// versions, the threads are.
  bool actors = false;
  /// Whether it may go round for ever, so that its states are explored and not its schedules.
  bool endless = false;
  /// What an exploration finds, if that is worse: some schedules no machine keeps up for long.
  std::optional<verdict> at_worst = {};
  /// Whether it can be explored, if its story can: no if it needs time to pass for threads, or an
  /// executor.
  bool explorable = true;
};

/// A number of a story that can be set on the command line.
struct parameter {
  std::string name;
  std::int64_t initial;
  std::int64_t least;
  std::int64_t most;
  std::string help;
};

/// The specification of a scenario: one problem, an invariant, and every way to write it.
///
/// All versions solve the same problem with the same numbers and are judged by the same function,
/// so they can be compared. A story does not print and does not decide how long it runs: runner
/// and command line do.
struct story {
  std::string name;
  std::string group;   ///< A: shared state, B: locks that go wrong, C: synchronisation, ...
  std::string block;   ///< the folder below actors/ with the building blocks
  std::string summary; ///< one line: what is at stake
  std::string next;    ///< one line: what to try next
  int workers;         ///< how many take part unless told otherwise
  int most_workers;    ///< workers == most_workers: the story has a fixed cast
  bool explorable;     ///< whether every interleaving can be run
  std::vector<parameter> parameters;
  /// Numbers to explore it with; "workers" is how many take part.
  std::map<std::string, std::int64_t, std::less<>> small = {};

  /// The invariant: what a finished run amounts to. Hanging and throwing is judged by the runner.
  std::function<verdict(const outcome&)> judge;

  std::vector<version> versions; ///< in teaching order

  /// Returns the version of that name. Throws `std::out_of_range` if there is none.
  const version& find(std::string_view version_name) const;
};

} // namespace mailroom::compare
