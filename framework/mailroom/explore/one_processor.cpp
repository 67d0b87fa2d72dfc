#include "mailroom/explore/one_processor.hpp"

#include <algorithm>

#include <pthread.h>

namespace mailroom::explore {

one_processor::one_processor() noexcept {
  // Where any of this is not allowed, it is only slower.
  changed_ = pthread_getaffinity_np(pthread_self(), sizeof before_, &before_) == 0;
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(static_cast<unsigned>(std::max(0, sched_getcpu())), &here);
  changed_ = changed_ && pthread_setaffinity_np(pthread_self(), sizeof here, &here) == 0;
}

one_processor::~one_processor() {
  if (changed_)
    pthread_setaffinity_np(pthread_self(), sizeof before_, &before_);
}

} // namespace mailroom::explore
