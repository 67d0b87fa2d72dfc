#pragma once

#include <optional>
#include <string>

#include "mailroom/error.hpp"

namespace mailroom {

/// The process that ran the task has ended without an answer. The task has begun, perhaps, and may
/// have done some of what it does.
class worker_lost : public broken_process_pool {
public:
  worker_lost(const std::string& text, int process, std::optional<int> exit_code, int signal)
    : broken_process_pool(text), process_(process), exit_code_(exit_code), signal_(signal) {}

  /// The number of the process.
  int process() const noexcept { return process_; }
  /// What it has exited with, if it has.
  std::optional<int> exit_code() const noexcept { return exit_code_; }
  /// The signal that has ended it; 0 if none has.
  int signal() const noexcept { return signal_; }

private:
  int process_;
  std::optional<int> exit_code_;
  int signal_;
};

} // namespace mailroom
