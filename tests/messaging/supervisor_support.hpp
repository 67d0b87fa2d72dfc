#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "executor/support.hpp"
#include "mailroom/messaging/supervisor.hpp"

namespace mailroom {

MAILROOM_ATOM(fail);

}

namespace mailroom::test {

using tally_actor =
  caf::typed_actor<accepts<void(add_atom, int)>, accepts<int(get_atom)>, accepts<int(fail_atom)>>;

struct tally_state {
  int sum = 0;
};

/// Adds up, until it fails.
inline tally_actor::behavior_type tally(tally_actor::stateful_pointer<tally_state> self,
                                        int start) {
  self->state.sum = start;
  return {
    [self](add_atom, int n) { self->state.sum += n; },
    [self](get_atom) { return self->state.sum; },
    [](fail_atom) -> int { throw std::runtime_error("boom"); },
  };
}

/// A supervisor of a system that runs by hand, and what it logs. It restarts after 10 ms.
struct by_hand {
  explicit by_hand(restart_strategy strategy = restart_strategy::one_for_one)
    : boss(sys, options("desk", strategy)) {}

  supervisor_options options(std::string name, restart_strategy strategy) {
    return {.name = std::move(name), .strategy = strategy, .log = [this](auto& e) {
              log.push_back(to_string(e));
            }};
  }

  static child_options child(std::string name) {
    return {.name = std::move(name), .delay = {.first = delay, .jitter = 0}};
  }

  /// Waits for the delay of a restart after the first failure.
  void await_restart() { sys.advance(delay); }

  /// Asks, and returns the answer, or what the error says.
  template <class Handle, class... Content>
  std::string answer(const Handle& actor, const Content&... content) {
    std::string text = "no answer";
    caf::scoped_actor self{sys.caf()};
    auto question = self->request(actor, caf::infinite, content...);
    sys.run_all();
    question.receive([&](int n) { text = std::to_string(n); },
                     [&](const caf::error& e) { text = sys.caf().render(e); });
    return text;
  }

  template <class Handle, class... Content>
  void send(const Handle& actor, const Content&... content) {
    caf::anon_send(actor, content...);
  }

  static constexpr std::chrono::milliseconds delay{10};

  std::vector<std::string> log;
  mailroom::system sys{{.scheduler = scheduling::manual}};
  detail::visit visit; // for actors of this thread
  supervisor boss;
};

} // namespace mailroom::test
