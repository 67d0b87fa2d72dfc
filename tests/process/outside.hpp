#pragma once

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "executor/support.hpp"

namespace mailroom::test {

/// Counters in a file, which processes share: to see from here what happens there, and to hold it
/// up. Travels as the name of the file.
class outside {
public:
  /// The file, until this object goes.
  class file {
  public:
    file() : name_("/tmp/mailroom_test_XXXXXX") {
      int fd = mkstemp(name_.data());
      if (fd < 0 || ftruncate(fd, size) != 0)
        throw std::runtime_error("no file to share");
      close(fd);
    }
    file(const file&) = delete;
    file& operator=(const file&) = delete;
    ~file() { unlink(name_.c_str()); }
    const std::string& name() const noexcept { return name_; }

  private:
    std::string name_;
  };

  outside() = default;
  explicit outside(const file& f) : name_(f.name()) { open(); }
  outside(const outside& other) : name_(other.name_) { open(); }
  outside& operator=(const outside& other) {
    if (this != &other) {
      this->~outside();
      new (this) outside(other);
    }
    return *this;
  }
  ~outside() {
    if (cells_)
      munmap(cells_, size);
  }

  int count(int which = 0) const { return static_cast<int>(cells_[which].load()); }

  /// Adds one and wakes those who wait. Returns how many there were before.
  int add(int which = 0) const {
    auto before = cells_[which].fetch_add(1);
    syscall(SYS_futex, &cells_[which], FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
    return static_cast<int>(before);
  }

  /// Waits until there are `n`. Throws if that takes too long.
  void await(int which, int n) const {
    auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
      auto seen = cells_[which].load();
      if (static_cast<int>(seen) >= n)
        return;
      if (std::chrono::steady_clock::now() >= end)
        throw timeout_error("nobody came");
      timespec slice{.tv_sec = 1, .tv_nsec = 0};
      syscall(SYS_futex, &cells_[which], FUTEX_WAIT, seen, &slice, nullptr, 0);
    }
  }

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, outside& x) {
    auto result = f(x.name_);
    if constexpr (Inspector::writes_state)
      x.open();
    return result;
  }

private:
  static constexpr std::size_t size = 4096;

  void open() {
    if (name_.empty())
      return;
    int fd = ::open(name_.c_str(), O_RDWR | O_CLOEXEC);
    auto* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
      throw std::runtime_error("cannot share " + name_);
    cells_ = static_cast<std::atomic<std::uint32_t>*>(p);
  }

  std::string name_;
  std::atomic<std::uint32_t>* cells_ = nullptr;
};

} // namespace mailroom::test
