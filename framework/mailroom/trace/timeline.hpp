#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace mailroom::trace {

/// Something somebody did.
struct event {
  std::chrono::nanoseconds at; ///< since the timeline was made
  std::string who;
  std::string what;
};

/// Collects who did what when. Any thread and any actor may call it.
///
/// It is not a profiler: a note takes a lock, so it slows workers down and can hide a race it is
/// meant to show. Note the few things worth telling, not every turn of a loop.
class timeline {
public:
  using clock = std::chrono::steady_clock;

  timeline() : start_(clock::now()) {}

  /// Adds an event that happens now.
  void note(std::string who, std::string what);

  /// Returns all events so far, in order of time.
  std::vector<event> events() const;

private:
  clock::time_point start_;
  mutable std::mutex mutex_;
  std::vector<event> events_; // guarded by mutex_
};

} // namespace mailroom::trace
