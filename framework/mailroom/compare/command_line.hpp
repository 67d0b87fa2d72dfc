#pragma once

#include <functional>
#include <vector>

#include "mailroom/compare/bench.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/compare/story_main.hpp"

namespace mailroom::compare {

/// The `main` of the binary that knows all stories, in teaching order, and all benchmarks: lists,
/// runs, tours, benches. Returns the exit code: as `story_main`.
int stories_main(const std::vector<const story*>& stories, const std::vector<benchmark>& benches,
                 int argc, char** argv);

} // namespace mailroom::compare
