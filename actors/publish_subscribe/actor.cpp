#include "actors/publish_subscribe/actor.hpp"

#include <algorithm>
#include <iterator>

namespace mailroom {

bool broker_state::subscribe(const std::string& topic, const subscriber_actor& who) {
  auto& listening = topics[topic];
  if (std::find(listening.begin(), listening.end(), who) != listening.end())
    return false;
  listening.push_back(who);
  clients.add(who.address());
  return true;
}

bool broker_state::leave(const std::string& topic, const subscriber_actor& who) {
  auto at = topics.find(topic);
  if (at == topics.end() || std::erase(at->second, who) == 0)
    return false;
  clients.remove(who.address());
  if (at->second.empty())
    topics.erase(at);
  return true;
}

void broker_state::forget(const caf::actor_addr& who) {
  for (auto at = topics.begin(); at != topics.end();) {
    auto& listening = at->second;
    if (std::erase_if(listening, [&](auto& each) { return each.address() == who; }) > 0)
      clients.remove(who);
    at = listening.empty() ? topics.erase(at) : std::next(at);
  }
}

broker_actor::behavior_type broker(broker_actor::stateful_pointer<broker_state> self) {
  auto& state = self->state;
  self->set_down_handler([&state](caf::down_msg& gone) { state.forget(gone.source); });
  return {
    [&state](subscribe_atom, const std::string& topic,
             const subscriber_actor& who) -> caf::result<bool> {
      if (!who)
        return caf::sec::invalid_argument;
      return state.subscribe(topic, who);
    },
    [&state](leave_atom, const std::string& topic, const subscriber_actor& who) {
      return state.leave(topic, who);
    },
    [self](publish_atom, const std::string& topic, const std::string& content) {
      auto at = self->state.topics.find(topic);
      if (at == self->state.topics.end())
        return 0;
      for (auto& each : at->second)
        self->send(each, published_atom_v, topic, content);
      return static_cast<int>(at->second.size());
    },
  };
}

} // namespace mailroom
