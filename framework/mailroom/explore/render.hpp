#pragma once

#include <cstddef>
#include <string>

#include "mailroom/explore/result.hpp"

namespace mailroom::explore {

/// Returns a schedule as text: one column per thread or actor, one line per step, and how it ended.
/// What does not fit a line of `width` characters is cut and ends in `~`.
std::string columns(const run& r, std::size_t width = 80);

/// Returns a schedule as a sequence diagram in the language of Mermaid.
std::string mermaid(const run& r);

/// Returns a schedule as a picture that stands alone: SVG without scripts.
std::string svg(const run& r);

} // namespace mailroom::explore
