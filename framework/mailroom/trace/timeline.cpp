#include "mailroom/trace/timeline.hpp"

#include <utility>

namespace mailroom::trace {

void timeline::note(std::string who, std::string what) {
  std::lock_guard lock{mutex_}; // also for the clock: later in the list is later in time
  events_.push_back({clock::now() - start_, std::move(who), std::move(what)});
}

std::vector<event> timeline::events() const {
  std::lock_guard lock{mutex_};
  return events_;
}

} // namespace mailroom::trace
