#include "mailroom/process/frame.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include <doctest/doctest.h>

using namespace mailroom;
using namespace mailroom::detail;

namespace {

buffer frame_of(std::size_t size, std::uint64_t number) {
  buffer b;
  begin_frame(b, {.kind = frame_kind::call, .function = 7, .number = number});
  if (size > 0)
    std::memset(b.grow(size), static_cast<int>(number), size);
  end_frame(b);
  return b;
}

/// Feeds bytes in pieces of random sizes. Returns how many frames came out, all as `frame_of` makes
/// them.
template <class Random>
std::uint64_t feed(frame_decoder& d, std::span<const std::byte> bytes, Random& random,
                   const std::vector<std::size_t>& sizes) {
  std::uint64_t frames = 0;
  while (!bytes.empty()) {
    auto room = d.room();
    REQUIRE(!room.empty());
    auto n = std::min({room.size(), bytes.size(), std::size_t{1} << random() % 18});
    std::memcpy(room.data(), bytes.data(), n);
    d.came(n);
    bytes = bytes.subspan(n);
    while (auto f = d.next()) {
      REQUIRE(f->header.number == frames);
      REQUIRE(f->header.function == 7);
      REQUIRE(f->body.size() == sizes[frames]);
      REQUIRE(std::ranges::all_of(f->body.bytes(),
                                  [&](std::byte b) { return b == std::byte(frames & 255); }));
      ++frames;
    }
  }
  return frames;
}

} // namespace

TEST_CASE("frames: come out as they went in, whatever the pieces") {
  std::mt19937 random{42};
  for (int round = 0; round < 20; ++round) {
    std::vector<std::size_t> sizes;
    buffer all;
    for (std::uint64_t n = 0; n < 60; ++n) {
      sizes.push_back(random() % 4 == 0 ? random() % 3'000'000 >> random() % 20 : random() % 100);
      auto f = frame_of(sizes.back(), n);
      all.append(f.data(), f.size());
    }
    frame_decoder d;
    CHECK(feed(d, all.bytes(), random, sizes) == sizes.size());
  }
}

TEST_CASE("frames: what is none is refused, before any memory is taken for it") {
  auto refused = [](frame_header h) {
    frame_decoder d;
    std::memcpy(d.room().data(), &h, sizeof h);
    d.came(sizeof h);
    try {
      d.next();
      return false;
    } catch (const serialization_error&) {
      return true;
    }
  };
  auto last = static_cast<std::uint32_t>(frame_kind::recalled);
  CHECK_FALSE(refused({.kind = frame_kind{last}}));
  CHECK(refused({.kind = frame_kind{last + 1}}));
  CHECK(refused({.kind = frame_kind{0x7fffffff}}));
  CHECK(refused({.kind = frame_kind::value, .size = frame_decoder::largest + 1}));
  CHECK(refused({.kind = frame_kind::value, .size = ~std::uint64_t{0}}));
  CHECK_FALSE(refused({.kind = frame_kind::value, .size = frame_decoder::largest}));
}

TEST_CASE("frames: a large one that was announced takes memory as it comes") {
  frame_decoder d;
  frame_header h{.kind = frame_kind::value, .size = frame_decoder::largest};
  std::memcpy(d.room().data(), &h, sizeof h);
  d.came(sizeof h);
  CHECK_FALSE(d.next());
  std::size_t came = 0;
  for (int i = 0; i < 5; ++i) {
    auto room = d.room();
    CHECK(room.size() <= std::max(came, std::size_t{1} << 20));
    std::memset(room.data(), 0, room.size());
    d.came(room.size());
    came += room.size();
    CHECK_FALSE(d.next());
  }
}

TEST_CASE("frames: a million inputs of chance") {
  // Most bytes are small, so that kinds and sizes are often possible ones.
  std::mt19937_64 random{std::random_device{}()};
  auto seed = random();
  CAPTURE(seed);
  random.seed(seed);
  std::uint64_t refused = 0;
  std::uint64_t frames = 0;
  for (int input = 0; input < 1'000'000; ++input) {
    frame_decoder d;
    try {
      for (auto left = random() % 200; left > 0;) {
        auto room = d.room();
        auto n = std::min<std::size_t>({room.size(), left, 1 + random() % 64});
        for (std::size_t i = 0; i < n; ++i) {
          auto r = random();
          room[i] = r % 4 == 0 ? static_cast<std::byte>(r >> 8 & 31) : std::byte{0};
        }
        d.came(n);
        left -= n;
        while (auto f = d.next()) {
          ++frames;
          if (f->body.size() != f->header.size)
            FAIL("a frame of the wrong size");
        }
      }
    } catch (const serialization_error&) {
      ++refused;
    }
  }
  CHECK(refused > 10'000); // else it was too tame
  CHECK(frames > 10'000);  // or too wild
}
