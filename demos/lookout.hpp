#pragma once

#include <cstdint>

#include "actors/messages.hpp"
#include "mailroom/sync/shared.hpp"

namespace mailroom::stories {

/// Counts who goes on before all parties have come, in stories about meeting. For threads.
///
/// It is asked by both sides of what a story is about, and helps neither: who comes too late does
/// not wait for it. All parties come again in each round.
class lookout {
public:
  explicit lookout(int parties) : parties_(parties) {}

  /// Notes that somebody has come; called before it waits for the others.
  void comes() { arrived_.fetch_add(1); }

  /// Notes that somebody goes on after it has met the others for the `round`th time.
  void goes_on(int round = 1) {
    if (arrived_.load() < parties_ * round)
      too_early_.fetch_add(1);
  }

  std::int64_t too_early() const { return too_early_.load(); }

private:
  const int parties_;
  sync::atomic<int> arrived_{0, "arrived"};
  sync::atomic<int> too_early_{0, "too early"};
};

struct lookout_state {
  int arrived = 0;
  std::int64_t too_early = 0;
};

/// The same for actors, which send `arrive_atom` before they ask for the others, and `done_atom,
/// ROUND` when they go on. `get_atom` asks how many went too early.
///
/// Those who meet hear of each other after what they have sent to the lookout has arrived there: so
/// it is among the actors of one process, not between two.
inline caf::behavior lookout_actor(caf::stateful_actor<lookout_state>* self, int parties) {
  return {
    [self](arrive_atom) { ++self->state.arrived; },
    [self, parties](done_atom, int round) {
      self->state.too_early += self->state.arrived < parties * round ? 1 : 0;
    },
    [self](get_atom) { return self->state.too_early; },
  };
}

} // namespace mailroom::stories
