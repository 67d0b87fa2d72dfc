#include "actors/checksums/files_below.hpp"

#include <algorithm>

namespace mailroom {

namespace fs = std::filesystem;

namespace {

/// Not `recursive_directory_iterator`: that one ends at the first directory it cannot read.
class walk {
public:
  walk(const trouble_listener& listener, std::stop_token stop)
    : listener_(listener), stop_(std::move(stop)) {}

  std::vector<found_file> from(const fs::path& directory) {
    ahead_.push_back(directory);
    while (!ahead_.empty() && !stop_.stop_requested()) {
      auto next = std::move(ahead_.back());
      ahead_.pop_back();
      read(next);
    }
    return std::move(files_);
  }

private:
  void read(const fs::path& directory) {
    std::error_code failure;
    fs::directory_iterator entry{directory, failure};
    while (!failure && entry != fs::directory_iterator{} && !stop_.stop_requested()) {
      sort_in(*entry);
      entry.increment(failure);
    }
    if (failure)
      listener_(directory.native(), failure);
  }

  void sort_in(const fs::directory_entry& entry) {
    std::error_code failure;
    if (entry.is_symlink(failure)) // first: the other questions follow links
      return;
    if (entry.is_directory(failure))
      ahead_.push_back(entry.path());
    else if (entry.is_regular_file(failure))
      files_.push_back({entry.path().native(), size_of(entry)});
    if (failure)
      listener_(entry.path().native(), failure);
  }

  /// A file whose size is not known is a problem of whoever reads it.
  static std::uintmax_t size_of(const fs::directory_entry& entry) {
    std::error_code failure;
    auto bytes = entry.file_size(failure);
    return failure ? 0 : bytes;
  }

  const trouble_listener& listener_;
  std::stop_token stop_;
  std::vector<fs::path> ahead_;
  std::vector<found_file> files_;
};

} // namespace

std::vector<found_file> files_below(const fs::path& directory, const trouble_listener& listener,
                                    std::stop_token stop) {
  auto files = walk{listener, std::move(stop)}.from(directory);
  std::sort(files.begin(), files.end(), [](auto& a, auto& b) { return a.path < b.path; });
  return files;
}

} // namespace mailroom
