#pragma once

#include <string>

#include <unistd.h>

#include "process/outside.hpp"

/// What many tests of processes have run, and how they look at what became of it.
namespace mailroom::test {

inline int own_process() {
  return getpid();
}

/// Comes to `o`, says so, and waits until it may go on.
inline int wait_there(outside o) {
  o.add(0);
  o.await(1, 1);
  return getpid();
}

/// Returns the text of what a future throws.
template <class T>
std::string text_of(const future<T>& f) {
  REQUIRE(ends(f));
  return describe(f.exception());
}

} // namespace mailroom::test
