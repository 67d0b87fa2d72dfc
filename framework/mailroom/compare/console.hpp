#pragma once

#include <cstddef>
#include <string_view>

#include "mailroom/error.hpp"

namespace mailroom::compare {

/// Standard output took nothing more: a full disk, a closed pipe.
class output_error : public error {
public:
  using error::error;
};

/// Standard output of a program that is honest about what it could not write.
///
/// `printf` forgets errors until nobody asks any more, and a closed pipe kills the process. Here
/// each call writes at once or throws.
namespace console {

/// Prepares the process: a closed pipe becomes an error instead of a signal. Throws `output_error`
/// if standard output is not open. Call it first in `main`.
void open();

/// Writes `text` to standard output. Throws `output_error`.
void print(std::string_view text);

/// Returns whether people are watching: standard output is a terminal.
bool is_terminal();

/// Returns whether to use colours: on a terminal that has them, unless `NO_COLOR` is set.
bool colours();

/// Returns the width of the terminal in characters; 80 if there is none.
std::size_t width();

} // namespace console

} // namespace mailroom::compare
