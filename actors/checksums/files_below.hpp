#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <system_error>
#include <vector>

namespace mailroom {

/// A regular file, with the path under which `find` would name it.
struct found_file {
  std::string path;
  std::uintmax_t bytes = 0; ///< when it was found; it may grow, shrink and vanish
};

/// Is told which file or directory could not be looked at, and why.
using trouble_listener = std::function<void(const std::string& path, std::error_code why)>;

/// Returns the regular files below `directory`, in the order of the bytes of their paths.
///
/// Symbolic links are not followed, except for `directory` itself: as `find -H DIR -type f`. What
/// cannot be read is told to `listener` and left out; that goes for `directory`, too. When a stop
/// is requested, it returns what it has found so far. Any thread may call it; it blocks.
std::vector<found_file> files_below(const std::filesystem::path& directory,
                                    const trouble_listener& listener, std::stop_token stop = {});

} // namespace mailroom
