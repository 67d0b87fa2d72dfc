#pragma once

#include <string>
#include <string_view>

namespace mailroom {

/// Returns `name` so that it fits on one line: `\n` for a newline, `\r` for a carriage return, `\\`
/// for a backslash. All other bytes are left alone, as `sha256sum` of coreutils 9 does.
inline std::string on_one_line(std::string_view name) {
  std::string line;
  for (char c : name)
    switch (c) {
      case '\n': line += "\\n"; break;
      case '\r': line += "\\r"; break;
      case '\\': line += "\\\\"; break;
      default: line += c;
    }
  return line;
}

/// Returns the line `sha256sum` prints for a file, with its newline. `sha256sum -c` accepts it: a
/// backslash in front says that there are some in the name.
inline std::string sum_line(std::string_view sum, std::string_view name) {
  auto written = on_one_line(name);
  std::string line = written == name ? "" : "\\";
  return line.append(sum).append("  ").append(written).append("\n");
}

} // namespace mailroom
