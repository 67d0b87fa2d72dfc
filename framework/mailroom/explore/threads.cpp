#include "mailroom/explore/threads.hpp"

#include <memory>

#include "mailroom/explore/livelock.hpp"
#include "mailroom/explore/one_processor.hpp"
#include "mailroom/explore/search.hpp"
#include "mailroom/explore/thread_world.hpp"

namespace mailroom::explore {

namespace {

experiment with_threads(const std::function<void()>& scenario, const options& o) {
  return [scenario, o, threads = std::make_shared<runners>()](const recording& keep) {
    return std::make_shared<thread_world>(scenario, threads, o, keep);
  };
}

} // namespace

result threads(const std::function<void()>& scenario, const options& o) {
  one_processor stay;
  return search(with_threads(scenario, o), o);
}

run replay(const std::function<void()>& scenario, std::string_view schedule, const options& o) {
  one_processor stay;
  return follow(with_threads(scenario, o), schedule, o);
}

result livelocks(const std::function<void()>& scenario, const options& o) {
  one_processor stay;
  return search_states(with_threads(scenario, o), o);
}

} // namespace mailroom::explore
