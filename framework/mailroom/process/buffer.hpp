#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace mailroom::detail {

/// Bytes that can become more. Unlike a vector's, new ones have no value until they get one, so
/// that a megabyte from a socket is written once. Can be moved only.
class buffer {
public:
  buffer() = default;
  buffer(buffer&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}
  buffer& operator=(buffer&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  std::byte* data() noexcept { return bytes_.get(); }
  const std::byte* data() const noexcept { return bytes_.get(); }
  std::size_t size() const noexcept { return size_; }
  std::span<const std::byte> bytes() const noexcept { return {bytes_.get(), size_}; }

  /// Adds `n` bytes and returns the first.
  std::byte* grow(std::size_t n) {
    if (n > capacity_ - size_)
      reserve(std::max(size_ + n, 2 * capacity_));
    return bytes_.get() + std::exchange(size_, size_ + n);
  }

  void append(const void* from, std::size_t n) {
    if (n > 0)
      std::memcpy(grow(n), from, n);
  }

  /// Forgets all bytes, and keeps the room for them.
  void clear() noexcept { size_ = 0; }

private:
  void reserve(std::size_t n) {
    auto more = std::make_unique_for_overwrite<std::byte[]>(n);
    if (size_ > 0)
      std::memcpy(more.get(), bytes_.get(), size_);
    bytes_ = std::move(more);
    capacity_ = n;
  }

  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

} // namespace mailroom::detail
