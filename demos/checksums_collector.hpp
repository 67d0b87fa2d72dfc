#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "actors/checksums/files_below.hpp"
#include "demos/progress_bar.hpp"
#include "demos/stop_signals.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"

namespace mailroom {

/// What a job tells the collector: a file has its sum, or its trouble instead.
struct file_done {
  std::size_t index;
  std::uintmax_t bytes; ///< read and not yet told
  std::string sum;
  std::string trouble;
};

/// Hands files to a pool, and prints their sums in the order of the files.
///
/// Owned by the collector, that is by the thread which uses it: the terminal, with the lines and
/// the bar. Jobs only send messages. At most a thousand lines are held back for an earlier file
/// that is not done yet; then no more files are handed out.
///
/// For one thread, which must be a guest of the system: see `detail::visit`. The destructor asks
/// jobs that still run to stop.
class collector {
public:
  /// `pool` and `signals` must outlive the collector.
  collector(system& sys, actor_pool_executor& pool, std::vector<found_file> files,
            stop_signals& signals);
  ~collector();
  collector(const collector&) = delete;
  collector& operator=(const collector&) = delete;

  /// Returns when all files are done or a stop was requested. What cannot be read is named on
  /// stderr. Throws `compare::output_error`.
  void run();

  std::size_t files() const { return files_.size(); }

  /// Returns how many files were printed or named; less than `files()` after a stop.
  std::size_t finished() const { return finished_; }

  /// Returns whether some file could not be read.
  bool trouble() const { return trouble_; }

private:
  void submit(const caf::actor& me);
  void take(file_done& done);
  void print_ready();
  bool print(const file_done& done);
  bool await_room() const;

  caf::scoped_actor self_;
  actor_pool_executor& pool_;
  std::vector<found_file> files_;
  stop_signals& signals_;
  progress_bar bar_;
  progress_bar::progress so_far_;
  std::deque<std::optional<file_done>> ready_; // of the files from finished_ to submitted_
  std::size_t submitted_ = 0;
  std::size_t finished_ = 0;
  bool trouble_ = false;
};

} // namespace mailroom
