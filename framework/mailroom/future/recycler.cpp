#include "mailroom/future/recycler.hpp"

#include <array>

namespace mailroom::detail {

namespace {

// The sizes that malloc gives out without waste; a task with its future has 56 bytes at least.
constexpr std::size_t smallest = 56;
constexpr std::size_t step = 16;
constexpr std::size_t sizes = 4;

constexpr std::size_t size_at(std::size_t shelf) noexcept {
  return smallest + step * shelf;
}

constexpr std::size_t shelf_for(std::size_t size) noexcept {
  return size <= smallest ? 0 : (size - smallest + step - 1) / step;
}

// Sanitizers are to see each object come and go.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int most_kept = 0;
#else
constexpr int most_kept = 64;
#endif

struct block {
  block* next;
};

/// Blocks of one size that a thread keeps. Has no destructor: a future may go after all objects of
/// its thread that have one.
struct shelf {
  block* first;
  int room;
};

constinit thread_local std::array<shelf, sizes> shelves{};

/// Opens the shelves of its thread, and clears them at its end.
class keeper {
public:
  keeper() noexcept {
    for (auto& s : shelves)
      s.room = most_kept;
  }
  ~keeper() {
    for (std::size_t i = 0; i < sizes; ++i) {
      shelves[i].room = 0;
      while (auto* b = shelves[i].first) {
        shelves[i].first = b->next;
        ::operator delete(b, size_at(i));
      }
    }
  }
};

void open_shelves() noexcept {
  thread_local keeper mine;
  static_cast<void>(mine);
}

} // namespace

void* allocate_recycled(std::size_t size) {
  auto i = shelf_for(size);
  if (i >= sizes)
    return ::operator new(size);
  auto& s = shelves[i];
  if (auto* b = s.first) {
    s.first = b->next;
    ++s.room;
    return b;
  }
  open_shelves();
  return ::operator new(size_at(i));
}

void free_recycled(void* p, std::size_t size) noexcept {
  auto i = shelf_for(size);
  if (i >= sizes) {
    ::operator delete(p, size);
    return;
  }
  auto& s = shelves[i];
  if (s.room == 0) {
    ::operator delete(p, size_at(i));
    return;
  }
  s.first = ::new (p) block{s.first};
  --s.room;
}

} // namespace mailroom::detail
