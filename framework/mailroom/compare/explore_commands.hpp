#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "mailroom/compare/story.hpp"

namespace CLI {
class App;
}

namespace mailroom::compare {

/// The commands `explore` and `replay` of the binary that knows all stories.
class explore_commands {
public:
  /// Adds both to `app`.
  explore_commands(CLI::App& app, std::vector<const story*> stories);
  ~explore_commands();

  /// Runs the one that was given, if any was, and returns the exit code; else a negative number.
  /// Throws `usage_error`.
  int run() const;

private:
  struct arguments;

  int explore() const;
  int replay() const;

  std::vector<const story*> stories_;
  std::unique_ptr<arguments> given_;
};

} // namespace mailroom::compare
