#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "mailroom/caf.hpp"

namespace mailroom::detail {

/// Tells a supervisor what has become of a child. Any thread may.
class child_report {
public:
  child_report(caf::actor supervisor, std::uint64_t child)
    : supervisor_(std::move(supervisor)), child_(child) {}

  /// It has failed, and does nothing until it is started again. `what` may be null.
  void failed(std::exception_ptr what, std::string reason) const;

  /// It does nothing until it is started again, as it was told.
  void halted() const;

  /// It has ended for good.
  void ended() const;

private:
  caf::actor supervisor_;
  std::uint64_t child_;
};

/// Something that can be started anew: what a supervisor knows of a child.
///
/// Only its supervisor calls it, from one thread at a time. It does not call back: it reports.
class child {
public:
  virtual ~child() = default;

  /// Says to whom to report. Before anything else.
  virtual void report_to(child_report to) { report_.emplace(std::move(to)); }

  /// Starts it with a fresh state, and lets it have its mail. It is new, has failed, or is halted.
  /// Throws what making the state does.
  virtual void start() = 0;

  /// Lets it finish the message it has begun, and keeps the others. It reports: halted, unless it
  /// fails or ends before.
  virtual void halt() noexcept = 0;

  /// Lets it finish the message it has begun, and drops the others. It reports: ended. In any
  /// state.
  virtual void end() noexcept = 0;

  /// Gives up waiting for the message it has begun, and reports as it was to. Returns whether it
  /// can do without.
  virtual bool abandon() noexcept { return false; }

  /// Returns whether others may still use it when it has ended.
  virtual bool in_use() const noexcept { return false; }

protected:
  const child_report& report() const noexcept { return *report_; }

private:
  std::optional<child_report> report_;
};

} // namespace mailroom::detail
