#pragma once

#include <map>
#include <string>
#include <vector>

#include "actors/clients.hpp"

namespace mailroom {

MAILROOM_ATOM(subscribe);
MAILROOM_ATOM(leave);
MAILROOM_ATOM(publish);
MAILROOM_ATOM(published);

/// Who wants to hear what is published: topic and content. An untyped actor that understands this
/// message becomes one with `caf::actor_cast<subscriber_actor>`.
using subscriber_actor = caf::typed_actor< //
  accepts<void(published_atom, std::string, std::string)>>;

/// Tells those who have subscribed to a topic what is published about it.
///
/// Owned by the actor: who listens to what. Each subscriber hears each message once, and all hear
/// them in the same order, that in which they reached the broker. Two messages of one publisher
/// keep their order. One that has ended is forgotten.
/// What was on its way when a subscriber left still arrives; after the answer to `leave_atom` no
/// more is sent. Nobody waits for subscribers: the mailbox of one that is too slow grows.
/// Costs: a message for each subscriber, with a copy of the content.
/// A subscriber that is none is answered with `caf::sec::invalid_argument`.
using broker_actor = caf::typed_actor<                          //
  accepts<bool(subscribe_atom, std::string, subscriber_actor)>, // false: it has before
  accepts<bool(leave_atom, std::string, subscriber_actor)>,     // false: it has not subscribed
  accepts<int(publish_atom, std::string, std::string)>>; // topic, content; tells how many listen

struct broker_state {
  explicit broker_state(caf::local_actor* self) : clients(self) {}

  using subscribers = std::vector<subscriber_actor>; // in the order in which they came

  bool subscribe(const std::string& topic, const subscriber_actor& who);
  bool leave(const std::string& topic, const subscriber_actor& who);
  void forget(const caf::actor_addr& who);

  std::map<std::string, subscribers> topics; // each with one subscriber or more
  client_list clients;
  static inline const char* name = "broker";
};

/// The behaviour of a broker: `sys.spawn(broker)`.
broker_actor::behavior_type broker(broker_actor::stateful_pointer<broker_state> self);

} // namespace mailroom
