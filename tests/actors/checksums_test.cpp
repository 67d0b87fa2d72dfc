#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actors/checksums/files_below.hpp"
#include "actors/checksums/sha256.hpp"
#include "actors/checksums/sum_line.hpp"

using namespace mailroom;
namespace fs = std::filesystem;

namespace {

// The answers of NIST's examples for SHA-256.
constexpr auto sum_of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr auto sum_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto sum_of_million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

/// A directory of the test's own, gone with it.
class scratch {
public:
  scratch() {
    std::string name = (fs::temp_directory_path() / "checksums.XXXXXX").native();
    REQUIRE(mkdtemp(name.data()));
    path_ = name;
  }
  ~scratch() { fs::remove_all(path_); }

  fs::path operator/(std::string_view name) const { return path_ / name; }

  fs::path write(std::string_view name, std::string_view text) const {
    std::ofstream{path_ / name, std::ios::binary} << text;
    return path_ / name;
  }

private:
  fs::path path_;
};

std::string sum_of(std::string_view text, std::size_t piece) {
  sha256 sum;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
    sum.add(std::as_bytes(std::span{text.substr(0, piece)}));
  return sum.finish();
}

std::string text_thrown(const fs::path& file) {
  try {
    return sha256_of_file(file);
  } catch (const std::system_error& e) {
    return e.what();
  }
}

} // namespace

TEST_CASE("checksums: SHA-256 gives the known answers, however the text is cut") {
  std::string million(1'000'000, 'a');
  CHECK(sum_of("", 1) == sum_of_nothing);
  CHECK(sum_of("abc", 3) == sum_of_abc);
  CHECK(sum_of("abc", 1) == sum_of_abc);
  for (std::size_t piece : {1U, 63U, 64U, 65U, 1'000'000U})
    CHECK(sum_of(million, piece) == sum_of_million);
}

TEST_CASE("checksums: files are read block by block, to the end") {
  scratch dir;
  CHECK(sha256_of_file(dir.write("empty", "")) == sum_of_nothing);
  CHECK(sha256_of_file(dir.write("abc", "abc")) == sum_of_abc);
  std::vector<std::size_t> blocks;
  auto million = dir.write("million", std::string(1'000'000, 'a'));
  CHECK(sha256_of_file(million, [&](std::size_t n) { blocks.push_back(n); }) == sum_of_million);
  CHECK(blocks.size() > 1);
  CHECK(std::accumulate(blocks.begin(), blocks.end(), std::size_t{0}) == 1'000'000);
}

TEST_CASE("checksums: what the listener throws ends the reading") {
  scratch dir;
  int blocks = 0;
  auto enough = [&](std::size_t) {
    if (++blocks == 2)
      throw std::runtime_error("enough");
  };
  CHECK_THROWS_WITH(sha256_of_file(dir.write("million", std::string(1'000'000, 'a')), enough),
                    "enough");
  CHECK(blocks == 2);
}

TEST_CASE("checksums: what is no readable file is said in the system's words") {
  scratch dir;
  fs::create_directory(dir / "sub");
  REQUIRE(mkfifo((dir / "fifo").c_str(), 0600) == 0);
  CHECK(text_thrown(dir / "nothing") == "No such file or directory");
  CHECK(text_thrown(dir / "sub") == "Is a directory");
  CHECK(text_thrown(dir / "fifo") == "Invalid argument"); // and does not wait for a writer
}

TEST_CASE("checksums: lines are those of sha256sum") {
  CHECK(sum_line("5ab", "d/plain name") == "5ab  d/plain name\n");
  CHECK(sum_line("5ab", "d/tab\t*\xff") == "5ab  d/tab\t*\xff\n");
  CHECK(sum_line("5ab", "d/new\nline") == "\\5ab  d/new\\nline\n");
  CHECK(sum_line("5ab", "d/back\\slash") == "\\5ab  d/back\\\\slash\n");
  CHECK(sum_line("5ab", "d/return\r") == "\\5ab  d/return\\r\n");
}

TEST_CASE("checksums: finds regular files in the order of their bytes, and follows no link") {
  scratch dir;
  fs::create_directories(dir / "a/deep/er");
  fs::create_directory(dir / "empty");
  dir.write("a/deep/er/4", "four");
  dir.write("a.b", "");
  dir.write("Z", "1");
  dir.write("\xc3\xa4", "");
  fs::create_symlink("Z", dir / "link");
  fs::create_symlink("nothing", dir / "dangling");
  fs::create_directory_symlink("..", dir / "a/loop");
  REQUIRE(mkfifo((dir / "fifo").c_str(), 0600) == 0);

  std::vector<std::string> paths;
  auto no_trouble = [](const std::string& path, std::error_code) { FAIL(path); };
  auto files = files_below(dir / "", no_trouble);
  for (auto& file : files)
    paths.push_back(file.path);
  CHECK(paths
        == std::vector<std::string>{dir / "Z", dir / "a.b", dir / "a/deep/er/4", dir / "\xc3\xa4"});
  REQUIRE(files.size() == 4);
  CHECK(files[2].bytes == 4);
  CHECK(files_below(dir / "a/loop", no_trouble).size() == 4); // named, so followed
}

TEST_CASE("checksums: tells what it cannot look at, and stops when told to") {
  scratch dir;
  auto file = dir.write("file", "");
  std::vector<std::error_code> troubles;
  auto note = [&](const std::string&, std::error_code why) { troubles.push_back(why); };
  CHECK(files_below(dir / "nothing", note).empty());
  CHECK(files_below(file, note).empty());
  CHECK(troubles
        == std::vector<std::error_code>{make_error_code(std::errc::no_such_file_or_directory),
                                        make_error_code(std::errc::not_a_directory)});
  std::stop_source stop;
  stop.request_stop();
  CHECK(files_below(dir / "", note, stop.get_token()).empty());
}
