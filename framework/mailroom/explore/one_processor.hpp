#pragma once

#include <sched.h>

namespace mailroom::explore {

/// Keeps the calling thread on one processor, and with it the threads it starts: while it runs,
/// they do not. Those who hand a baton to each other are four times as fast on one as on two.
class one_processor {
public:
  one_processor() noexcept;

  /// Lets the thread go where it could before.
  ~one_processor();

  one_processor(const one_processor&) = delete;
  one_processor& operator=(const one_processor&) = delete;

private:
  cpu_set_t before_;
  bool changed_ = false;
};

} // namespace mailroom::explore
