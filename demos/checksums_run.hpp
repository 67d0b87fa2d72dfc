#pragma once

#include <string>
#include <string_view>

namespace mailroom {

struct checksums_options {
  std::string directory;
  int workers = 0; ///< 0: a few more than there are processors, but not more than 32
};

/// Prints the SHA-256 of every regular file below a directory, and returns the exit code: 0, 1 if
/// something could not be read, 128 and the number of the signal that interrupted it.
///
/// Call it from `main`, before any other thread was started. Throws `compare::output_error`.
int run_checksums(const checksums_options& options);

/// Writes one line to stderr. Throws nothing but `std::bad_alloc`: who should hear of it?
void complain(std::string_view what);

/// Writes one line about a file or a directory to stderr.
void complain_of(std::string_view path, std::string_view why);

} // namespace mailroom
