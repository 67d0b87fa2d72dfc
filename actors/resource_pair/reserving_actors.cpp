#include "actors/resource_pair/reserving_actors.hpp"

#include <algorithm>

namespace mailroom {

// -- the copies ---------------------------------------------------------------------------------------

caf::result<done_atom> reservable_state::reserve() {
  auto editor = clients.sender();
  if (holder || !editor)
    return line.join();
  lend(editor);
  return done_atom_v;
}

void reservable_state::release() {
  if (holder && holder == clients.sender())
    hand_over();
}

void reservable_state::forget(const caf::actor_addr& who) {
  line.forget(who);
  if (holder == who)
    hand_over();
}

void reservable_state::lend(const caf::actor_addr& who) {
  holder = who;
  clients.add(who);
}

void reservable_state::hand_over() {
  clients.remove(holder);
  holder = nullptr;
  if (line.empty())
    return;
  lend(line.first().who);
  line.answer_first(done_atom_v);
}

reservable_actor::behavior_type
reservable_copy(reservable_actor::stateful_pointer<reservable_state> self) {
  auto& state = self->state;
  self->set_down_handler([&state](caf::down_msg& gone) { state.forget(gone.source); });
  return {
    [&state](reserve_atom) { return state.reserve(); },
    [&state](release_atom) { state.release(); },
    [&state](put_atom, int revision) { state.revision = revision; },
    [&state](get_atom) { return state.revision; },
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
