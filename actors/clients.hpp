#pragma once

#include <cstddef>
#include <map>

#include "mailroom/caf.hpp"

namespace mailroom {

/// The clients an actor has business with: they wait for it, hold what it lends, or listen to it.
///
/// Part of the state of an actor. Monitors each client as long as it has business here, and no
/// longer, so that the actor's down handler hears who ended; that then removes what the client had.
class client_list {
public:
  explicit client_list(caf::local_actor* self) : self_(self) {}

  /// Notes that a client has one more thing going on here.
  void add(const caf::actor_addr& who) {
    if (++business_[who] == 1)
      self_->monitor(who);
  }

  /// Notes that one of the things a client had going on is over.
  void remove(const caf::actor_addr& who) {
    auto client = business_.find(who);
    if (client == business_.end() || --client->second > 0)
      return;
    business_.erase(client);
    self_->demonitor(who); // which would take away several monitors at once
  }

  /// Returns whether a client has anything going on here.
  bool contains(const caf::actor_addr& who) const { return business_.contains(who); }

  /// Returns who sent the message at hand: no address if it was sent without a name.
  caf::actor_addr sender() const {
    return caf::actor_cast<caf::actor_addr>(self_->current_sender());
  }

  caf::local_actor* self() const { return self_; }

private:
  caf::local_actor* self_;
  std::map<caf::actor_addr, std::size_t> business_;
};

} // namespace mailroom
