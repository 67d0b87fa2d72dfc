#include "mailroom/processors.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include <sched.h>

namespace mailroom {

namespace {

/// Processors that may be used at once by affinity: taskset, cpusets.
int allowed_processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return CPU_COUNT(&set);
  return static_cast<int>(std::thread::hardware_concurrency());
}

/// Returns the path of this process in the unified hierarchy of control groups; empty if none.
std::string control_group() {
  std::ifstream file{"/proc/self/cgroup"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("0::"))
      return line.substr(3);
  return {};
}

/// Returns how many processors' time a file like cpu.max grants ("200000 100000"); 0 for no limit.
int granted(std::istream& file) {
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0)
    return 0;
  std::istringstream number{quota};
  double time = 0;
  if (!(number >> time) || time <= 0)
    return 0;
  return std::max(1, static_cast<int>(time / period + 0.999)); // a part of one is one
}

/// Processors' worth of time granted by the control group and those above; 0 if there is no limit.
int quota() {
  int least = 0;
  for (auto group = control_group();; group.resize(group.rfind('/'))) {
    std::ifstream file{"/sys/fs/cgroup" + group + "/cpu.max"};
    if (int n = file ? granted(file) : 0; n > 0 && (least == 0 || n < least))
      least = n;
    if (group.find('/') == std::string::npos)
      return least;
  }
}

} // namespace

int usable_processors() {
  int n = std::max(1, allowed_processors());
  int q = quota();
  return q > 0 ? std::min(n, q) : n;
}

} // namespace mailroom
