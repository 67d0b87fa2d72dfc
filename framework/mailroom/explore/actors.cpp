#include "mailroom/explore/actors.hpp"

#include <memory>

#include "mailroom/explore/actor_world.hpp"
#include "mailroom/explore/livelock.hpp"
#include "mailroom/explore/search.hpp"

namespace mailroom::explore {

namespace {

experiment with_actors(const std::function<void(stage&)>& scenario, const options& o,
                       const std::shared_ptr<actor_experiment>& shared) {
  return [scenario, o, shared](const recording& keep) {
    return std::make_shared<actor_world>(scenario, shared, o, keep);
  };
}

} // namespace

result actors(const std::function<void(stage&)>& scenario, const options& o) {
  auto shared = std::make_shared<actor_experiment>();
  auto make = with_actors(scenario, o, shared);
  auto r = search(make, o);
  if (r.how == strategy::sleep_sets && shared->order_matters)
    r = search(make, o); // it has learned too late that it must leave nothing out
  return r;
}

run replay(const std::function<void(stage&)>& scenario, std::string_view schedule,
           const options& o) {
  return follow(with_actors(scenario, o, std::make_shared<actor_experiment>()), schedule, o);
}

result livelocks(const std::function<void(stage&)>& scenario, const options& o) {
  return search_states(with_actors(scenario, o, std::make_shared<actor_experiment>()), o);
}

} // namespace mailroom::explore
