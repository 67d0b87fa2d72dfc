#include <cstddef>
#include <cstring>
#include <vector>

#include <doctest/doctest.h>
#include <malloc.h>

#include "mailroom/process/buffer.hpp"
#include "support/stories.hpp"

using namespace mailroom;
using namespace mailroom::detail;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

} // namespace

TEST_CASE("buffers: what was added stays when they grow, and when they move") {
  buffer b;
  for (int i = 0; i < 300'000; ++i)
    b.append(&i, sizeof i);
  buffer moved{std::move(b)};
  CHECK(b.size() == 0); // NOLINT: that is what is looked at
  CHECK(moved.size() == 300'000 * sizeof(int));
  bool same = true;
  for (int i = 0; i < 300'000; ++i)
    same =
      same
      && std::memcmp(moved.data() + sizeof(int) * static_cast<std::size_t>(i), &i, sizeof i) == 0;
  CHECK(same);
  moved.clear();
  moved.append("x", 1);
  CHECK(moved.size() == 1);
  CHECK(moved.data()[0] == std::byte{'x'});
}

TEST_CASE("buffers: large blocks are used again, where they fit") {
  auto first = new_block(3 * mebibyte);
  auto* place = first.bytes.get();
  CHECK(first.size >= 3 * mebibyte);
  recycle(std::move(first));
  auto larger = new_block(3 * mebibyte + mebibyte);
  CHECK(larger.bytes.get() != place);
  std::vector<block> much_smaller; // so many that no other one is left
  for (int i = 0; i < 40; ++i) {
    much_smaller.push_back(new_block(mebibyte / 2));
    CHECK(much_smaller.back().bytes.get() != place);
  }
  auto fits = new_block(3 * mebibyte - 100);
  CHECK(fits.bytes.get() == place);
  recycle(std::move(fits));
}

TEST_CASE("buffers: sixteen megabytes are kept, no more" * doctest::skip(test::sanitized)) {
  auto in_use = [] {
    auto now = mallinfo2();
    return now.uordblks + now.hblkhd;
  };
  auto before = in_use();
  {
    std::vector<block> all;
    for (int i = 0; i < 40; ++i)
      all.push_back(new_block(mebibyte));
    CHECK(in_use() >= before + 24 * mebibyte); // some may be kept ones
    for (auto& b : all)
      recycle(std::move(b));
  }
  CHECK(in_use() <= before + 17 * mebibyte);
}
