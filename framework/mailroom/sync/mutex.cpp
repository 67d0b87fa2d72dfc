#include "mailroom/sync/mutex.hpp"

#include <algorithm>
#include <ctime>

namespace mailroom::sync::detail {

// pthread_mutex_timedlock() goes by the wall clock. Short rounds against the steady clock keep a
// change of the date from stretching the wait.
bool lock_until(pthread_mutex_t& mutex, watch::clock::time_point limit) {
  using namespace std::chrono;
  for (;;) {
    auto left = limit - watch::clock::now();
    auto round = std::clamp(duration_cast<nanoseconds>(left), 0ns, nanoseconds{50ms});
    auto until = (system_clock::now() + round).time_since_epoch();
    auto whole = duration_cast<seconds>(until);
    timespec at{};
    at.tv_sec = whole.count();
    at.tv_nsec = duration_cast<nanoseconds>(until - whole).count();
    if (pthread_mutex_timedlock(&mutex, &at) == 0)
      return true;
    if (left <= 0ns)
      return false;
  }
}

} // namespace mailroom::sync::detail
