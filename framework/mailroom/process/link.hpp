#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "mailroom/future/parker.hpp"
#include "mailroom/process/frame.hpp"

namespace mailroom::detail {

/// How a worker process ended.
struct departure {
  std::optional<int> exit_code; // if it ended by itself
  int signal = 0;               // if one ended it

  /// "exited with code 3", "was ended by signal 9 (Killed)"
  std::string describe() const;
};

/// The other end is gone, or no longer one to talk with.
class link_lost : public error {
public:
  using error::error;
};

/// One worker elsewhere, and the connection to it: the seam between the pool and what its workers
/// run on. `workplace` makes them.
///
/// For one thread at a time, but for `tell` and `kill`.
class link {
public:
  virtual ~link() = default;

  /// Sends what is left of `unsent`, and waits until a frame comes or it is `until`. Returns the
  /// frame, if one came. Throws `link_lost`.
  virtual std::optional<frame> talk(std::span<const std::byte>& unsent,
                                    clock::time_point until) = 0;

  /// Sends a frame without a body, past all others. What cannot be sent is forgotten: then the
  /// other end is gone, or about to be. Any thread may send `stop`.
  virtual void tell(const frame_header& h) noexcept = 0;

  /// Sends a signal. Any thread may call this.
  virtual void kill(int signal) noexcept = 0;

  /// Lets the worker go and waits until it has ended; if it has not by `until`, kills it.
  virtual departure end(clock::time_point until) noexcept = 0;

  /// The number of the process, where it runs.
  virtual int process() const noexcept = 0;
};

/// Where workers come from.
class workplace {
public:
  virtual ~workplace() = default;

  /// Starts a worker, which will say hello. Throws `std::system_error`.
  virtual std::unique_ptr<link> open(const std::string& name) = 0;
};

/// Workers that are processes of this program on this machine.
std::unique_ptr<workplace> this_machine();

} // namespace mailroom::detail
