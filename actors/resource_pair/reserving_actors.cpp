#include "actors/resource_pair/reserving_actors.hpp"

#include <algorithm>

namespace mailroom {

// -- the copies ---------------------------------------------------------------------------------------

reservable_actor::behavior_type
reservable_copy(reservable_actor::stateful_pointer<reservable_state> self) {
  auto hand_over = [self] {
    if (auto& queue = self->state.queue; !queue.empty())
      queue.front().granted.deliver(done_atom_v);
  };
  auto is_of = [](const caf::actor_addr& who) {
    return [who](const reservable_state::reservation& r) { return r.by == who; };
  };
  self->set_down_handler([=](caf::down_msg& gone) {
    auto& queue = self->state.queue;
    bool had_it = !queue.empty() && is_of(gone.source)(queue.front());
    std::erase_if(queue, is_of(gone.source));
    if (had_it)
      hand_over();
  });
  return {
    [=](reserve_atom) {
      auto editor = caf::actor_cast<caf::actor_addr>(self->current_sender());
      auto granted = self->make_response_promise<done_atom>();
      self->monitor(editor);
      self->state.queue.push_back({editor, granted});
      if (self->state.queue.size() == 1)
        hand_over();
      return granted;
    },
    [=](release_atom) {
      auto editor = caf::actor_cast<caf::actor_addr>(self->current_sender());
      auto& queue = self->state.queue;
      if (queue.empty() || !is_of(editor)(queue.front()))
        return;
      self->demonitor(editor);
      queue.pop_front();
      hand_over();
    },
    [=](put_atom, int revision) { self->state.revision = revision; },
    [=](get_atom) { return self->state.revision; },
  };
}

// -- the editors --------------------------------------------------------------------------------------

namespace {

/// An editor, what it edits, and how.
struct editor {
  caf::event_based_actor* self;
  reservable_pair copies;
  std::chrono::nanoseconds hesitation;
  std::function<void(const char*)> tell;
};

auto give_up(const editor& e) {
  return [self = e.self](caf::error& reason) { self->quit(std::move(reason)); };
}

/// Calls `go_on` after the time an editor hesitates.
template <class Next>
void hesitate(const editor& e, Next go_on) {
  if (e.hesitation.count() == 0)
    return go_on();
  e.self->become([=](done_atom) { go_on(); });
  e.self->delayed_send(e.self, e.hesitation, done_atom_v);
}

/// Calls `work` once both copies are reserved.
template <class Work>
void with_both(const editor& e, Work work) {
  auto reserve_cloud = [=] {
    e.tell("wants cloud");
    e.self->request(e.copies.cloud, caf::infinite, reserve_atom_v)
      .then([=](done_atom) { work(); }, give_up(e));
  };
  e.self->request(e.copies.local, caf::infinite, reserve_atom_v)
    .then(
      [=](done_atom) {
        e.tell("has local");
        hesitate(e, reserve_cloud);
      },
      give_up(e));
}

/// Writes both copies, gives them back, and ends.
void write_both(const editor& e, int revision) {
  for (auto& copy : {e.copies.local, e.copies.cloud}) {
    e.self->send(copy, put_atom_v, revision);
    e.self->send(copy, release_atom_v);
  }
  e.tell("done");
  e.self->quit();
}

} // namespace

caf::behavior saving_editor(caf::event_based_actor* self, reservable_pair copies, int revision,
                            std::chrono::nanoseconds hesitation, progress tell) {
  editor e{self, copies, hesitation, [tell](const char* what) { tell("save", what); }};
  with_both(e, [=] { write_both(e, revision); });
  return {};
}

caf::behavior syncing_editor(caf::event_based_actor* self, reservable_pair copies,
                             std::chrono::nanoseconds hesitation, progress tell) {
  editor e{self, copies, hesitation, [tell](const char* what) { tell("sync", what); }};
  with_both(e, [=] {
    self->request(copies.local, caf::infinite, get_atom_v)
      .then(
        [=](int local) {
          self->request(copies.cloud, caf::infinite, get_atom_v)
            .then([=](int cloud) { write_both(e, std::max(local, cloud)); }, give_up(e));
        },
        give_up(e));
  });
  return {};
}

} // namespace mailroom
