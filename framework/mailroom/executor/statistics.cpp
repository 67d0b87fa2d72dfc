#include "mailroom/executor/statistics.hpp"

#include <fmt/format.h>

namespace mailroom {

std::string to_string(const statistics& s) {
  auto text = fmt::format("{} queued, {} running, {} done, {} failed, {} cancelled, {} dropped, "
                          "{} workers",
                          s.queued, s.running, s.done, s.failed, s.cancelled, s.dropped, s.workers);
  return text + to_string("waiting", s.waiting_time) + to_string("running", s.run_time);
}

} // namespace mailroom
