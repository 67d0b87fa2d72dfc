#pragma once

#include <cstddef>
#include <new>

namespace mailroom::detail {

/// Memory for small things that come and go all the time: each thread keeps some of what it frees.
/// Tiny tasks would spend a good part of their time in `malloc`, which has more to think of.
///
/// Any thread may free what another one has allocated. Throws `std::bad_alloc`.
void* allocate_recycled(std::size_t size);
void free_recycled(void* p, std::size_t size) noexcept;

/// A base of classes of such things. What asks for more than the usual alignment, or is large, is
/// not recycled.
class recycled {
public:
  static void* operator new(std::size_t size) { return allocate_recycled(size); }
  static void operator delete(void* p, std::size_t size) noexcept { free_recycled(p, size); }
  static void* operator new(std::size_t size, std::align_val_t alignment) {
    return ::operator new(size, alignment);
  }
  static void operator delete(void* p, std::size_t size, std::align_val_t alignment) noexcept {
    ::operator delete(p, size, alignment);
  }
};

} // namespace mailroom::detail
