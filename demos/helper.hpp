#pragma once

#include <filesystem>
#include <string>

namespace mailroom {

/// Returns the path of a program that others of ours run: `../libexec/mailroom/NAME` as seen from
/// this one, or beside it, for those that lie there themselves. Empty if it is not there.
inline std::string helper(const std::string& name) {
  auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  for (auto& folder : {here.parent_path() / "libexec" / "mailroom", here})
    if (auto path = folder / name; std::filesystem::exists(path))
      return path.string();
  return "";
}

} // namespace mailroom
