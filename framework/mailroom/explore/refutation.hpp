#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mailroom::explore {

/// The shortest part found of a history that its specification cannot explain.
///
/// It is a proof for the whole history: the calls that are left out were allowed to take effect at
/// any time from their begin on, or never, and still no order explains the answers. No single one
/// of `calls` can be left out, too: with the freedom to take effect or not it would explain
/// everything, or it is what explains an answer before the last.
struct refutation {
  struct entry {
    std::size_t number = 0; ///< in the history
    int client = 0;
    std::string input;
    std::optional<std::string> answer; ///< none: it came after this part, or never
    std::uint64_t begin = 0;
    std::uint64_t end = 0; ///< the largest number there is if without an answer
  };

  std::vector<entry> calls;         ///< in order of their begin
  std::size_t impossible = 0;       ///< of `calls`: all answers before this one can be explained
  std::vector<std::string> allowed; ///< the answers that it could have got instead
  std::vector<std::string> starts;  ///< the states that `before` can have led to
  std::size_t before = 0;           ///< calls that had ended when this part began
  std::size_t left_out = 0;         ///< calls that overlap this part, or are in it
};

/// Returns `r` as text: a column per client, named by the letters of schedules, a line per begin
/// and end, and what would have been right. Of more than 40 lines the first are left out.
std::string to_string(const refutation& r);

} // namespace mailroom::explore
