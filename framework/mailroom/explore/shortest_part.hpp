#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "mailroom/explore/linearization_search.hpp"
#include "mailroom/explore/refutation.hpp"
#include "mailroom/explore/shown.hpp"

namespace mailroom::explore::detail {

/// Finds out which part of a history is to blame.
///
/// What is shown must be a proof: if a sequential object could have given all answers of the
/// history, it could have given those of the part. Three things keep that true.
/// - To end the history earlier: what ends later has no answer yet, what begins later is gone.
/// - To begin it at a moment at which no call was running, with every state it can be in then.
/// - To forget an answer. The call may take effect at any time from its begin on, or never, which
///   includes what it did. It is left in the search, but not shown: the rest has no explanation
///   whatever it did.
/// To drop a call from the search is none of them: it may have been what explains another answer.
///
/// Each step is only taken if the search proves the smaller part wrong. What it gives up on is
/// kept.
template <specification Specification>
class shortest_part {
public:
  using search = linearization_search<Specification>;
  using state = typename Specification::state;
  using output = typename Specification::output;
  using claims = std::vector<claim<Specification>>;

  /// @param calls in order of their begin; they have been proven to have no linearization.
  /// @param stuck the place in `calls` where that search got furthest.
  shortest_part(const Specification& spec, claims calls, std::size_t stuck,
                std::size_t configurations, clock::time_point until)
    : spec_(spec), calls_(std::move(calls)), configurations_(configurations),
      until_(until), starts_{spec.initial()}, last_(stuck) {}

  /// Call it once. `client_of` tells the client of a call by its number.
  template <class ClientOf>
  refutation find(ClientOf client_of) {
    begin_late();
    end_early();
    auto allowed = allowed_answers();
    leave_out();
    return told(allowed, client_of);
  }

private:
  static constexpr std::ptrdiff_t fits_on_a_page = 12; // calls
  static constexpr std::size_t most_starts = 4;
  static constexpr std::size_t most_answers = 16;

  // Each call that may have taken effect or not can double the configurations, and there are as
  // many searches as calls: to show one call too many is better than to wait.
  static constexpr std::size_t most_to_leave_out_from = 100;
  static constexpr std::size_t most_to_leave_out = 10'000; // configurations

  /// When, and of which of calls_: of equal ends one is the last.
  using end_of_call = std::pair<std::uint64_t, std::size_t>;

  // -- questions to the search --------------------------------------------------------------------

  /// Returns whether it is certain that `calls` have no linearization.
  bool refuted(const claims& calls) const {
    return std::all_of(starts_.begin(), starts_.end(),
                       [&](auto& s) { return end_of(calls, s) == search_end::exhausted; });
  }

  /// Returns whether it is certain that `calls` have one.
  bool explained(const claims& calls) const {
    return std::any_of(starts_.begin(), starts_.end(),
                       [&](auto& s) { return end_of(calls, s) == search_end::found; });
  }

  search_end end_of(const claims& calls, const state& start) const {
    return search{spec_, calls, configurations_, until_}.run(start);
  }

  // -- the three steps ----------------------------------------------------------------------------

  /// Begins it as late as what is left fills a page: without need, nothing is shown that has to be
  /// believed.
  void begin_late() {
    auto is_shown = [&](auto& c) { return c.begin <= calls_[last_].end; };
    auto size = std::partition_point(calls_.begin(), calls_.end(), is_shown) - calls_.begin();
    std::ptrdiff_t from = 0;
    std::uint64_t running_until = 0;
    for (std::ptrdiff_t i = 0; i < size && size - from > fits_on_a_page; ++i) {
      auto& c = calls_[static_cast<std::size_t>(i)];
      if (i > 0 && running_until < c.begin)
        from = i;
      running_until = std::max(running_until, c.answer ? c.end : endless);
    }
    if (from == 0)
      return;
    claims first{calls_.begin(), calls_.begin() + from};
    std::deque<state> states;
    auto note = [&](const state& s) {
      if (std::find(states.begin(), states.end(), s) == states.end())
        states.push_back(s);
      return states.size() <= most_starts;
    };
    search before{spec_, first, configurations_, until_};
    if (before.run(starts_.front(), note) != search_end::exhausted)
      return; // too many states, or not known
    starts_ = std::move(states);
    calls_.erase(calls_.begin(), calls_.begin() + from);
    before_ = static_cast<std::size_t>(from);
    last_ -= before_;
  }

  /// Ends it with the first answer that makes it wrong: not before the one where the search got
  /// furthest, mostly there. Looking ahead and halving works, because whatever follows a wrong
  /// history, it stays wrong.
  void end_early() {
    std::vector<end_of_call> ends;
    for (std::size_t i = 0; i < calls_.size(); ++i)
      if (calls_[i].answer)
        ends.emplace_back(calls_[i].end, i);
    std::sort(ends.begin(), ends.end());
    auto stuck = std::lower_bound(ends.begin(), ends.end(), end_of_call{calls_[last_].end, last_});
    auto right = static_cast<std::size_t>(stuck - ends.begin()); // what ends before is right
    auto wrong = right;                                          // what ends here is wrong
    for (std::size_t step = 1; wrong + 1 < ends.size() && !refuted(up_to(ends[wrong])); step *= 2) {
      right = wrong + 1;
      wrong = std::min(wrong + step, ends.size() - 1);
    }
    while (right < wrong) {
      auto middle = right + (wrong - right) / 2;
      if (refuted(up_to(ends[middle])))
        wrong = middle;
      else
        right = middle + 1;
    }
    calls_ = up_to(ends[wrong]);
    last_ = ends[wrong].second;
  }

  /// Leaves out what does not matter, the newest first, again until nothing changes. The answers
  /// before the last one still have an explanation then: a reader sees how it came to them.
  void leave_out() {
    shown_.assign(calls_.size(), true);
    if (calls_.size() > most_to_leave_out_from)
      return;
    configurations_ = std::min(configurations_, most_to_leave_out);
    for (bool again = true; again;) {
      again = false;
      for (auto i = calls_.size(); i-- > 0;) {
        if (i == last_ || !shown_[i])
          continue;
        auto answer = std::exchange(calls_[i].answer, nullptr);
        shown_[i] = false;
        if (refuted(calls_) && explained(shown_without_last_answer())) {
          again = true;
        } else {
          calls_[i].answer = answer;
          shown_[i] = true;
        }
      }
    }
  }

  // -- what they need -----------------------------------------------------------------------------

  claims up_to(end_of_call end) const {
    claims some;
    for (std::size_t i = 0; i < calls_.size() && calls_[i].begin <= end.first; ++i) {
      some.push_back(calls_[i]);
      if (end_of_call{calls_[i].end, i} > end)
        some.back().answer = nullptr;
    }
    return some;
  }

  claims shown_without_last_answer() const {
    claims some;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (!shown_[i])
        continue;
      some.push_back(calls_[i]);
      if (i == last_)
        some.back().answer = nullptr;
    }
    return some;
  }

  /// Returns what the last call could have got instead: of all answers that the search would have
  /// given it somewhere, those with which all others have an explanation.
  std::deque<output> allowed_answers() const {
    std::deque<output> candidates;
    auto note = [&](const output& o) {
      if (candidates.size() < most_answers
          && std::find(candidates.begin(), candidates.end(), o) == candidates.end())
        candidates.push_back(o);
    };
    for (auto& s : starts_) {
      search one{spec_, calls_, configurations_, until_};
      one.on_mismatch(last_, note);
      one.run(s);
    }
    std::erase_if(candidates, [&](auto& o) {
      auto changed = calls_;
      changed[last_].answer = &o;
      return !explained(changed);
    });
    return candidates;
  }

  template <class ClientOf>
  refutation told(const std::deque<output>& allowed, ClientOf client_of) const {
    refutation r;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      auto& c = calls_[i];
      if (i == last_)
        r.impossible = r.calls.size();
      if (!shown_[i])
        continue;
      r.calls.push_back(
        {c.number, client_of(c.number), shown(spec_, *c.input), {}, c.begin, endless});
      if (c.answer) {
        r.calls.back().answer = shown(spec_, *c.answer);
        r.calls.back().end = c.end;
      }
    }
    for (auto& o : allowed)
      r.allowed.push_back(shown(spec_, o));
    for (auto& s : starts_)
      r.starts.push_back(shown(spec_, s));
    r.before = before_;
    r.left_out = calls_.size() - r.calls.size();
    return r;
  }

  static constexpr auto endless = std::numeric_limits<std::uint64_t>::max();

  const Specification& spec_;
  claims calls_;
  std::size_t configurations_;
  clock::time_point until_;
  std::deque<state> starts_; // not a vector: a state may be a bool
  std::vector<bool> shown_;
  std::size_t last_ = 0;   // of calls_: the one with the answer that cannot be
  std::size_t before_ = 0; // calls
};

} // namespace mailroom::explore::detail
