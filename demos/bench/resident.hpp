#pragma once

#include <unistd.h>

#include <fstream>

namespace mailroom::benches {

/// Returns the memory of this process that is really there.
inline double resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  double pages = 0;
  file >> pages >> pages; // the second number
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

} // namespace mailroom::benches
