#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "mailroom/histogram.hpp"

namespace mailroom {

/// What becomes of something that finds a queue full: a task of an executor, a message of a
/// mailbox.
enum class overflow_policy {
  wait,        ///< who adds it waits for room; a task that submits a task runs it itself
  fail,        ///< adding it throws `rejected`
  drop_newest, ///< it is dropped; the future of a task throws `rejected`
  drop_oldest  ///< the one that waits longest is dropped instead
};

/// How to set up a `mailbox` or a `locked_queue`.
struct queue_options {
  /// How many messages it holds at most, those of control not counted; 0: as many as there is
  /// memory.
  std::size_t capacity = 0;
  /// What to do with one more.
  overflow_policy overflow = overflow_policy::wait;
  /// Whether to measure for how long messages wait: reads the clock twice for each.
  bool measure_times = false;
};

/// What has become of the messages of a queue. Exact while nothing happens.
struct queue_statistics {
  std::uint64_t sent = 0;     ///< taken by the queue
  std::uint64_t received = 0; ///< given to a receiver
  std::uint64_t dropped = 0;  ///< had no room: refused, or taken and thrown away
  std::size_t waiting = 0;    ///< in the queue
  histogram waiting_time;     ///< from send to receive; only with `measure_times`
};

/// Returns all of it on one line, with the median and the 99th percentile.
std::string to_string(const queue_statistics&);

} // namespace mailroom
