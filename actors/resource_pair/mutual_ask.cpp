#include "actors/resource_pair/mutual_ask.hpp"

#include <algorithm>

namespace mailroom {

store_actor::behavior_type slow_store(store_actor::stateful_pointer<store_state> self,
                                      std::chrono::nanoseconds time) {
  auto& soon = self->state.soon;
  self->set_down_handler([&soon](caf::down_msg& gone) { soon.forget(gone.source); });
  return {
    [&soon, time](put_atom, int) { return soon.join({}, time); },
    [&soon](timeout_atom) { soon.answer_late(); },
  };
}

awaiting_actor::behavior_type awaiting_copy(awaiting_actor::stateful_pointer<awaiting_state> self,
                                            store_actor store, awaiting_options options) {
  auto take = [=](int revision) {
    return self->state.revision = std::max(self->state.revision, revision);
  };
  auto agree = [=](int revision) {
    auto both = self->make_response_promise<bool>();
    auto ask_partner = [=](done_atom) {
      options.tell(options.name, "awaits its partner");
      self->request(self->state.partner, options.patience, put_atom_v, take(revision))
        .await(
          [=](int newer) mutable {
            take(newer);
            both.deliver(true);
          },
          [=](caf::error&) mutable {
            options.tell(options.name, "got no answer");
            self->state.gave_up = true;
            self->send(self, done_atom_v); // comes after all that came while it waited
            both.deliver(false);
          });
    };
    auto fail = [=](caf::error& reason) mutable { both.deliver(std::move(reason)); };
    self->request(store, 10 * options.patience, put_atom_v, revision).await(ask_partner, fail);
    return both;
  };
  return {
    [=](put_atom, int revision) -> caf::result<int> {
      if (self->state.gave_up)
        return caf::sec::request_receiver_down;
      return take(revision);
    },
    [=](partner_atom, partner_actor partner) { self->state.partner = std::move(partner); },
    [=](save_atom, int revision) { return agree(revision); },
    [=](sync_atom) { return agree(self->state.revision); },
    [=](get_atom) { return self->state.revision; },
    [=](done_atom) { self->state.gave_up = false; },
  };
}

awaiting_pair spawn_awaiting_pair(system& sys, std::chrono::nanoseconds hesitation,
                                  std::chrono::nanoseconds patience, const progress& tell) {
  auto spawn_copy = [&](const char* name) {
    return sys.spawn(awaiting_copy, sys.spawn(slow_store, hesitation),
                     awaiting_options{name, patience, tell});
  };
  awaiting_pair pair{spawn_copy("local copy"), spawn_copy("cloud copy")};
  caf::anon_send(pair.local, partner_atom_v, partner_actor{pair.cloud});
  caf::anon_send(pair.cloud, partner_atom_v, partner_actor{pair.local});
  return pair;
}

} // namespace mailroom
