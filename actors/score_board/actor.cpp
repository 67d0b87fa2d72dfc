#include "actors/score_board/actor.hpp"

#include <algorithm>
#include <cstddef>

namespace mailroom {

score_board_actor::behavior_type
score_board(score_board_actor::stateful_pointer<score_board_state> self,
            std::vector<std::string> names) {
  if (names.empty())
    self->quit(caf::sec::invalid_argument);
  auto& state = self->state;
  state.points.resize(names.size());
  state.names = players{std::move(names)};
  return {
    [&state](add_atom, const std::string& player, int points) -> caf::result<void> {
      auto place = state.names.find(player);
      if (!place || points < 0)
        return caf::sec::invalid_argument;
      state.points[*place] += points;
      state.total += points;
      return caf::unit;
    },
    [&state](get_atom, const std::string& player) -> caf::result<int> {
      if (auto place = state.names.find(player))
        return state.points[*place];
      return caf::sec::invalid_argument;
    },
    [&state](get_atom) { return state.total; },
    [&state](leader_atom) {
      auto first = std::max_element(state.points.begin(), state.points.end());
      return state.names.name(static_cast<std::size_t>(first - state.points.begin()));
    },
  };
}

} // namespace mailroom
