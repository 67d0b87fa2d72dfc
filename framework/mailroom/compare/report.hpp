#pragma once

#include <string>
#include <vector>

#include "mailroom/compare/runner.hpp"

namespace mailroom::compare {

/// Returns the runs of one story for people: what is at stake, a losing and a winning run as
/// columns, the table of versions, and what to try next.
std::string told(const std::vector<result>& runs, std::size_t width, bool colour);

/// Returns runs of several stories as one table.
std::string table(const std::vector<result>& runs, bool colour);

/// Returns runs for scripts: an array of objects, one per run.
std::string json(const std::vector<result>& runs);

/// Returns the stories for people, and for scripts.
std::string listed(const std::vector<const story*>& stories);
std::string json(const std::vector<const story*>& stories);

} // namespace mailroom::compare
