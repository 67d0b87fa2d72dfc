#include "mailroom/future/wait.hpp"

namespace mailroom::detail {

void wait_for_states(std::vector<state_ptr<shared_state>> states, return_when until,
                     clock::time_point deadline) {
  // What is done already may be enough, and costs nothing to see.
  bool any = false;
  std::erase_if(states, [&](auto& s) {
    bool is = s->settled();
    any |= is
           && (until == return_when::first_completed
               || (until == return_when::first_exception && s->failed()));
    return is;
  });
  if (any || states.empty())
    return;
  completion_queue queue{std::move(states)};
  while (auto s = queue.pop(deadline))
    if (until == return_when::first_completed
        || (until == return_when::first_exception && (*s)->failed()))
      return;
}

} // namespace mailroom::detail
