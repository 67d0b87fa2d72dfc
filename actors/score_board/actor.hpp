#pragma once

#include <string>
#include <vector>

#include "actors/score_board/players.hpp"
#include "mailroom/caf.hpp"

namespace mailroom {

MAILROOM_ATOM(leader);

/// A score board for players that run, each on its own.
///
/// Owned by the actor: the points of each and of all. Adding is one message, so the total is the
/// sum whenever somebody asks. Two questions in a row are answered at two moments.
/// Costs: a message for each find; who sends it need not wait.
/// A player that takes no part and points less than 0 are answered with
/// `caf::sec::invalid_argument`.
using score_board_actor = caf::typed_actor<  //
  accepts<void(add_atom, std::string, int)>, // gives points to a player
  accepts<int(get_atom, std::string)>,       // tells the points of a player
  accepts<int(get_atom)>,                    // tells the points of all
  accepts<std::string(leader_atom)>>;        // tells who has most; if several, the first named

struct score_board_state {
  players names{{}};
  std::vector<int> points;
  int total = 0;
  static inline const char* name = "score board";
};

/// The behaviour of a score board: `sys.spawn(score_board, names)`. Ends at once with
/// `caf::sec::invalid_argument` if there are none.
score_board_actor::behavior_type
score_board(score_board_actor::stateful_pointer<score_board_state> self,
            std::vector<std::string> names);

} // namespace mailroom
