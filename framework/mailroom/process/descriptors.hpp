#pragma once

#include <utility>

#include <unistd.h>

namespace mailroom::detail {

/// Owns a file descriptor; -1 is none.
class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const noexcept { return fd_; }

private:
  int fd_ = -1;
};

// What a worker finds when it starts: which descriptors its pool has given it, and the variable
// that says so, with the number of the pool's process.

inline constexpr int worker_tasks = 3;   ///< calls and their results
inline constexpr int worker_control = 4; ///< what has to pass them
inline constexpr auto* worker_mark = "MAILROOM_WORKER";

} // namespace mailroom::detail
