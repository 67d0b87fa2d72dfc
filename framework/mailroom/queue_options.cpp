#include "mailroom/queue_options.hpp"

#include <fmt/format.h>

namespace mailroom {

std::string to_string(const queue_statistics& s) {
  return fmt::format("{} waiting, {} sent, {} received, {} dropped{}", s.waiting, s.sent,
                     s.received, s.dropped, to_string("waiting", s.waiting_time));
}

} // namespace mailroom
