// E3: the words of many files, counted on an actor pool: map, then reduce.

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>
#include <unordered_map>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "demos/program.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"

namespace {

namespace console = mailroom::compare::console;

using counts = std::unordered_map<std::string, std::uint64_t>;

struct options {
  std::vector<std::string> files;
  int workers = 0;
  std::size_t top = 10;
};

void complain(const std::string& what) {
  std::fprintf(stderr, "word_count: %s\n", what.c_str());
}

/// Counts the words of a file. A word is a run of letters, all made small; bytes above 127, of
/// which UTF-8 makes the other letters of this world, count as letters. Throws `std::system_error`.
counts words_of(const std::string& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  counts found;
  std::string word;
  char c = 0;
  while (file && file.get(c))
    if (auto byte = static_cast<unsigned char>(c); byte > 127 || std::isalpha(byte))
      word += static_cast<char>(byte > 127 ? byte : std::tolower(byte));
    else if (!word.empty()) {
      ++found[word];
      word.clear();
    }
  if (!file.eof())
    throw std::system_error(errno != 0 ? errno : EIO, std::generic_category());
  if (!word.empty())
    ++found[word];
  return found;
}

/// Adds the smaller of two results to the larger one.
counts merged(counts a, counts b) {
  if (a.size() < b.size())
    a.swap(b);
  for (auto& [word, n] : b)
    a[word] += n;
  return a;
}

/// Counts each file in a task of its own, and merges the results as they come. Returns false if
/// some file could not be read; it is named on stderr.
bool count_all(const options& o, counts& all) {
  mailroom::actor_pool_executor pool{{.max_workers = o.workers, .thread_name_prefix = "words"}};
  std::unordered_map<mailroom::future<counts>, std::string> files;
  for (auto& file : o.files)
    files.emplace(pool.submit(words_of, file), file);
  bool fine = true;
  for (auto done : mailroom::as_completed(std::views::keys(files)))
    try {
      all = merged(std::move(all), done.take());
    } catch (const std::system_error& e) {
      complain(files.at(done) + ": " + e.code().message());
      fine = false;
    }
  return fine;
}

void print_most_frequent(const counts& all, std::size_t top) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted{all.begin(), all.end()};
  std::ranges::sort(sorted, [](auto& a, auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  if (sorted.size() > top && top > 0)
    sorted.resize(top);
  for (auto& [word, n] : sorted)
    console::print(fmt::format("{:7} {}\n", n, word));
}

} // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Prints the most frequent words of FILES, as 'sort | uniq -c | sort -rn' does.",
               "word_count"};
  app.add_option("FILES", o.files, "text files")->required();
  app.add_option("--workers", o.workers, "files read at a time (default: processors + 4)")
    ->check(CLI::Range(1, 256));
  app.add_option("--top", o.top, "how many words; 0 for all (default: 10)");
  return mailroom::run_program(app, argc, argv, [&] {
    counts all;
    bool fine = count_all(o, all);
    print_most_frequent(all, o.top);
    return fine ? 0 : 1;
  });
}
