// E2: the SHA-256 of every file below a directory, computed by an actor pool, as `sha256sum` prints
// it.

#include "demos/checksums_run.hpp"
#include "demos/program.hpp"

using namespace mailroom;

int main(int argc, char** argv) {
  checksums_options options;
  CLI::App app{"Prints the SHA-256 of every regular file below DIR, as sha256sum does.",
               "checksums"};
  app
    .add_option("DIR", options.directory, "where to look; symbolic links below it are not followed")
    ->required();
  app
    .add_option("--workers", options.workers,
                "files read at a time (default: processors + 4, at most 32)")
    ->check(CLI::Range(1, 256));
  app.footer(
    "Check the files later with: checksums DIR > SUMS; sha256sum -c --quiet SUMS\n"
    "Ends with 0, 1 if something could not be read or written, 2 if it was called the wrong "
    "way, 130 after Ctrl-C.");
  return run_program(app, argc, argv, [&] { return run_checksums(options); });
}
