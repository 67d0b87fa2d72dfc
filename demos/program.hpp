#pragma once

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "mailroom/compare/console.hpp"

namespace mailroom {

/// Runs a program that is no story: reads the command line with `app`, then calls `body()` for the
/// exit code. Prints the help, or what is wrong: one line on stderr, and 2 for bad usage or 1.
template <class Body>
int run_program(CLI::App& app, int argc, char** argv, Body body) {
  auto complain = [&app](std::string what) {
    std::replace(what.begin(), what.end(), '\n', ' ');
    std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), what.c_str());
  };
  try {
    compare::console::open();
    app.parse(argc, argv);
    return body();
  } catch (const CLI::CallForHelp&) {
    try {
      compare::console::print(app.help());
      return 0;
    } catch (const std::exception& e) {
      complain(e.what());
      return 1;
    }
  } catch (const CLI::ParseError& e) {
    complain(std::string(e.what()) + "; --help says what there is");
    return 2;
  } catch (const std::exception& e) {
    complain(e.what());
    return 1;
  }
}

} // namespace mailroom
