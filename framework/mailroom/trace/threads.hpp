#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mailroom::trace {

/// What the system says of a thread of this process, as in `ps -T`. The moment it is read, it is
/// the past. Linux only: it comes from `/proc/self/task`.
struct system_thread {
  int id = 0;        ///< what `ps -T` calls SPID
  std::string name;  ///< the first 15 bytes of it
  char state = '\0'; ///< R: runs, or would if it had a processor; S: sleeps; others are in proc(5)
};

/// Returns all threads of this process.
std::vector<system_thread> threads();

/// Returns the thread of this process with that id; nothing if there is none, or none any more.
std::optional<system_thread> find_thread(int id);

/// Returns the id of the calling thread.
int this_thread_id() noexcept;

/// Returns what the system calls the calling thread.
std::string this_thread_name();

} // namespace mailroom::trace
