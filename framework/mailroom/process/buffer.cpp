#include "mailroom/process/buffer.hpp"

#include <array>
#include <mutex>

namespace mailroom::detail {

namespace {

/// Smaller ones come from malloc, which keeps its pages.
constexpr std::size_t large = std::size_t{64} << 10;
constexpr std::size_t most_kept = std::size_t{16} << 20;

struct kept_blocks {
  std::mutex mutex;
  std::array<block, 16> blocks; // guarded by mutex; those without bytes are free
  std::size_t size = 0;         // of all; guarded by mutex
};

kept_blocks& kept() {
  static auto& instance = *new kept_blocks; // never destroyed: buffers may be static
  return instance;
}

} // namespace

block new_block(std::size_t n) {
  if (n < large)
    return {std::make_unique_for_overwrite<std::byte[]>(n), n};
  auto& k = kept();
  {
    std::lock_guard lock{k.mutex};
    for (auto& b : k.blocks)
      if (b.size >= n && b.size / 4 <= n) {
        k.size -= b.size;
        return std::exchange(b, {});
      }
  }
  n = (n + large - 1) / large * large; // so that the next one fits, too
  return {std::make_unique_for_overwrite<std::byte[]>(n), n};
}

void recycle(block b) noexcept {
  if (b.size < large)
    return;
  auto& k = kept();
  std::lock_guard lock{k.mutex};
  if (k.size + b.size > most_kept)
    return;
  for (auto& place : k.blocks)
    if (!place.bytes) {
      k.size += b.size;
      place = std::move(b);
      return;
    }
}

} // namespace mailroom::detail
