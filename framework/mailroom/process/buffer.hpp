#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace mailroom::detail {

/// Memory for bytes.
struct block {
  std::unique_ptr<std::byte[]> bytes;
  std::size_t size = 0;
};

/// Returns a block of `n` bytes or more: if it is large, perhaps one that was recycled. To have new
/// pages from the system takes longer than to fill them.
block new_block(std::size_t n);

/// Gives a block back. A few large ones are kept, 16 MiB in all.
void recycle(block b) noexcept;

/// Bytes that can become more. Unlike a vector's, new ones have no value until they get one, so
/// that a megabyte from a socket is written once. Can be moved only.
class buffer {
public:
  buffer() = default;
  buffer(buffer&& other) noexcept
    : block_(std::exchange(other.block_, {})), size_(std::exchange(other.size_, 0)) {}
  buffer& operator=(buffer&& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~buffer() {
    if (block_.bytes)
      recycle(std::move(block_));
  }

  std::byte* data() noexcept { return block_.bytes.get(); }
  const std::byte* data() const noexcept { return block_.bytes.get(); }
  std::size_t size() const noexcept { return size_; }
  std::span<const std::byte> bytes() const noexcept { return {data(), size_}; }

  /// Adds `n` bytes and returns the first.
  std::byte* grow(std::size_t n) {
    if (n > block_.size - size_)
      reserve(std::max(size_ + n, 2 * block_.size));
    return data() + std::exchange(size_, size_ + n);
  }

  void append(const void* from, std::size_t n) {
    if (n > 0)
      std::memcpy(grow(n), from, n);
  }

  /// Forgets all bytes, and keeps the room for them.
  void clear() noexcept { size_ = 0; }

private:
  void reserve(std::size_t n) {
    auto more = new_block(n);
    if (size_ > 0)
      std::memcpy(more.bytes.get(), data(), size_);
    recycle(std::exchange(block_, std::move(more)));
  }

  block block_;
  std::size_t size_ = 0;
};

} // namespace mailroom::detail
