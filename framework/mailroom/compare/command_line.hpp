#pragma once

#include <functional>
#include <vector>

#include "mailroom/compare/bench.hpp"
#include "mailroom/compare/story.hpp"

namespace mailroom::compare {

/// The `main` of a story's own binary: runs its versions and compares them. Returns the exit code:
/// 0 if no version was refuted, 1 if one was or output failed, 2 for bad usage.
int story_main(const story& s, int argc, char** argv);

/// The `main` of the binary that knows all stories, in teaching order, and all benchmarks: lists,
/// runs, tours, benches. Exit codes as above.
int stories_main(const std::vector<const story*>& stories, const std::vector<benchmark>& benches,
                 int argc, char** argv);

} // namespace mailroom::compare
