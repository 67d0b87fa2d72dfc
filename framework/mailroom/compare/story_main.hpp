#pragma once

namespace mailroom::compare {

struct story;

/// The `main` of a story's own binary: runs its versions and compares them. Returns the exit code:
/// 0 if no version was refuted, 1 if one was or output failed, 2 for bad usage.
int story_main(const story& s, int argc, char** argv);

} // namespace mailroom::compare
