#include "mailroom/messaging/ask.hpp"

#include <algorithm>

namespace mailroom {

std::size_t await_end(system& sys, const std::vector<caf::actor>& actors,
                      std::chrono::steady_clock::time_point limit) {
  using namespace std::chrono;
  detail::visit visit;
  caf::scoped_actor self{sys.caf()};
  for (auto& each : actors)
    self->monitor(each);
  std::size_t alive = actors.size();
  bool in_time = true;
  while (alive > 0 && in_time) {
    auto left = std::max(ceil<milliseconds>(limit - steady_clock::now()), 0ms);
    self->receive([&](const caf::down_msg&) { --alive; },
                  caf::after(left) >> [&] { in_time = steady_clock::now() < limit; });
  }
  return alive;
}

} // namespace mailroom
