#pragma once

#include <string>
#include <vector>

#include "mailroom/compare/story.hpp"
#include "mailroom/error.hpp"

namespace mailroom::compare {

/// Somebody asked on the command line for what is not there; the exit code is 2.
class usage_error : public error {
public:
  using error::error;
};

/// Returns the story that a command names. Throws `usage_error`.
const story& find_story(const std::vector<const story*>& stories, const std::string& name);

} // namespace mailroom::compare
