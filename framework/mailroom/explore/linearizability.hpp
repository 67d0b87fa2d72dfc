#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mailroom/explore/history.hpp"
#include "mailroom/explore/linearization_search.hpp"
#include "mailroom/explore/partition.hpp"
#include "mailroom/explore/refutation.hpp"
#include "mailroom/explore/shortest_part.hpp"
#include "mailroom/explore/specification.hpp"

namespace mailroom::explore {

/// What `linearize()` found out about a history.
struct linearized {
  enum class verdict {
    yes,    ///< some order of the calls, one at a time, explains all answers
    no,     ///< none does
    gave_up ///< a limit was reached first
  };

  verdict found = verdict::yes;
  std::string why;                    ///< of a `no`, `shortest` as text; of `gave_up`, the limit
  std::vector<std::size_t> order;     ///< of a `yes`: the calls that took effect, one such order
  std::optional<refutation> shortest; ///< of a `no`
  std::size_t configurations = 0;     ///< how many were visited
};

/// When `linearize()` gives up. What it keeps in memory grows with the configurations.
struct linearize_limits {
  std::size_t configurations = 1'000'000; ///< of calls that have taken effect, and state; per key
  std::chrono::milliseconds time = std::chrono::minutes{1}; ///< for all of it
};

/// Returns whether a sequential object could have given the answers that `calls` got: whether one
/// can choose for each call a moment between its begin and its end such that, done one after the
/// other at these moments, each gets its answer. Calls without an answer may be chosen or not.
///
/// The specification is deterministic: `apply` changes the state and returns the one right answer.
/// It reads like the type without its mutex, and it can tell what would have been right, which a
/// predicate over answers cannot. A call that may fail for no reason and has then changed nothing
/// says nothing: leave it out of the history.
///
/// With `key(input)`, calls with different keys are of different objects, each of which begins with
/// `initial()`, and each is checked by itself (Herlihy and Wing's locality). The problem is
/// NP-complete: time and memory can grow exponentially with the number of calls that overlap,
/// hence the limits. States are copied, so keep them small.
///
/// The order of `calls` is of no interest, only their `begin` and `end`; equal numbers overlap.
/// Throws `std::invalid_argument` if a call ends before it begins, and what the specification does.
/// Any thread may call it.
template <specification Specification>
linearized linearize(
  const Specification& spec,
  const std::vector<call<typename Specification::input, typename Specification::output>>& calls,
  const linearize_limits& limits = {}) {
  linearized result;
  detail::moments moments;
  auto until =
    detail::clock::now() + std::min<std::chrono::milliseconds>(limits.time, std::chrono::years{1});
  for (auto& part : detail::parts(spec, calls)) {
    detail::linearization_search search{spec, part, limits.configurations, until};
    auto found = search.run(spec.initial());
    result.configurations += search.configurations();
    if (found == detail::search_end::exhausted) {
      result.found = linearized::verdict::no;
      detail::shortest_part shortest{spec, part, search.furthest(), limits.configurations, until};
      result.shortest = shortest.find([&](std::size_t number) { return calls[number].client; });
      result.why = to_string(*result.shortest);
      result.order.clear();
      return result;
    }
    if (found == detail::search_end::gave_up)
      result.found = linearized::verdict::gave_up;
    else
      moments.add(part, search.order());
  }
  if (result.found == linearized::verdict::yes)
    result.order = moments.merged();
  else
    result.why = "gave up after " + std::to_string(result.configurations) + " configurations";
  return result;
}

} // namespace mailroom::explore
