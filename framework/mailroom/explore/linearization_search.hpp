#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "mailroom/explore/call_set.hpp"
#include "mailroom/explore/specification.hpp"

namespace mailroom::explore::detail {

using clock = std::chrono::steady_clock;

/// A call as the search sees it. The history owns what it points to.
template <class Specification>
struct claim {
  std::size_t number; ///< in the history
  const typename Specification::input* input;
  const typename Specification::output* answer; ///< null: it took effect, or did not
  std::uint64_t begin;
  std::uint64_t end; ///< of no meaning without an answer
};

enum class search_end { found, exhausted, gave_up };

/// Looks for an order of calls that explains their answers.
///
/// Wing and Gong's search: of the calls that began before the first pending answer, try one, go on
/// with the rest, and come back if that leads nowhere. Lowe's improvement: the same calls done with
/// the same state left is a configuration, and none is visited twice. Without it the search
/// takes the factorial of the number of calls that overlap.
template <specification Specification>
class linearization_search {
public:
  using state = typename Specification::state;
  using claims = std::vector<claim<Specification>>;

  /// @param calls in order of their begin; they and `spec` outlive the search.
  linearization_search(const Specification& spec, const claims& calls, std::size_t configurations,
                       clock::time_point until)
    : spec_(spec), calls_(calls), limit_(configurations), until_(until) {
    list_events();
  }

  /// Looks for an order that begins with `start`. Call it once.
  search_end run(state start) {
    return run(std::move(start), [](const state&) { return false; });
  }

  /// Shows `on_end` every state in which the calls can have left the object, while that returns
  /// true; then it is `exhausted`.
  template <class OnEnd>
  search_end run(state start, OnEnd on_end) {
    state_ = std::move(start);
    for (auto at = events_[head].next;;) {
      if (to_do_ == 0 && !on_end(state_))
        return search_end::found;
      if (to_do_ > 0 && events_[at].begins) {
        at = take(at) ? events_[head].next : events_[at].next;
      } else {
        furthest_ = std::max(furthest_, at);
        if (taken_.empty())
          return search_end::exhausted;
        at = take_back();
      }
      if (given_up())
        return search_end::gave_up;
    }
  }

  /// Returns the order that was found, as places in `calls`.
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> places;
    for (auto& t : taken_)
      places.push_back(events_[t.event].call);
    return places;
  }

  /// Returns the place of the call whose answer was the last one that kept the search from going
  /// on: all answers that came before can be explained.
  std::size_t furthest() const { return events_[furthest_].call; }

  std::size_t configurations() const { return seen_.size(); }

  /// Calls `f` with each answer that call `place` would have got instead of its own.
  void on_mismatch(std::size_t place,
                   std::function<void(const typename Specification::output&)> f) {
    watched_ = place;
    mismatch_ = std::move(f);
  }

private:
  /// A begin or an end. All lie in order of time, linked to a list from which calls are taken out
  /// and put back.
  struct event {
    std::size_t call;
    bool begins;
    std::size_t end; ///< where the end of a beginning call is, `head` if nowhere
    std::size_t previous;
    std::size_t next;
  };

  struct taken {
    std::size_t event;
    state before;
  };

  struct configuration {
    std::vector<std::uint64_t> done;
    state left;
    friend bool operator==(const configuration& a, const configuration& b) {
      return a.done == b.done && a.left == b.left;
    }
  };

  struct hash {
    std::size_t operator()(const configuration& c) const {
      auto h = hash_of(c.done);
      if constexpr (requires { std::hash<state>{}(c.left); })
        h ^= std::hash<state>{}(c.left) * 0x9e3779b97f4a7c15u;
      return h;
    }
  };

  static constexpr std::size_t head = 0;

  void list_events() {
    struct moment {
      std::uint64_t at;
      bool ends; // equal numbers overlap: begins come first
      std::size_t call;
    };
    std::vector<moment> moments;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      moments.push_back({calls_[i].begin, false, i});
      if (calls_[i].answer)
        moments.push_back({calls_[i].end, true, i});
    }
    std::sort(moments.begin(), moments.end(), [](auto& a, auto& b) {
      return std::tie(a.at, a.ends, a.call) < std::tie(b.at, b.ends, b.call);
    });
    events_.push_back({0, false, head, moments.size(), 1});
    std::vector<std::size_t> begin_of(calls_.size());
    for (auto& m : moments) {
      auto here = events_.size();
      events_.push_back({m.call, !m.ends, head, here - 1, here + 1});
      if (m.ends)
        events_[begin_of[m.call]].end = here;
      else
        begin_of[m.call] = here;
    }
    events_.back().next = head; // which begins nothing: the end of the list is a dead end, too
    for (auto& c : calls_) {
      ++(c.answer ? to_do_ : may_do_);
      place_.push_back((c.answer ? to_do_ : may_do_) - 1);
    }
    done_ = call_set{to_do_};
    perhaps_ = call_set{may_do_};
  }

  /// Lets the call that begins at `at` take effect now. Returns whether that is possible and new.
  bool take(std::size_t at) {
    auto place = events_[at].call;
    auto& call = calls_[place];
    state after = state_;
    auto right = spec_.apply(after, *call.input);
    if (call.answer && !(right == *call.answer)) {
      if (place == watched_)
        mismatch_(right);
      return false;
    }
    if (!call.answer && after == state_)
      return false; // no effect and no answer: the same as if it had not been
    auto& set = call.answer ? done_ : perhaps_;
    set.insert(place_[place]);
    configuration here{done_.key(), after};
    perhaps_.append_to(here.done);
    if (!seen_.insert(std::move(here)).second) {
      set.erase(place_[place]);
      return false;
    }
    to_do_ -= call.answer ? 1 : 0;
    taken_.push_back({at, std::exchange(state_, std::move(after))});
    unlink(at);
    return true;
  }

  /// Undoes the last `take`. Returns the event after it.
  std::size_t take_back() {
    auto [at, before] = std::move(taken_.back());
    taken_.pop_back();
    state_ = std::move(before);
    auto place = events_[at].call;
    bool answered = calls_[place].answer != nullptr;
    (answered ? done_ : perhaps_).erase(place_[place]);
    to_do_ += answered ? 1 : 0;
    relink(at);
    return events_[at].next;
  }

  void unlink(std::size_t at) {
    for (auto one : {at, events_[at].end})
      if (one != head) {
        events_[events_[one].previous].next = events_[one].next;
        events_[events_[one].next].previous = events_[one].previous;
      }
  }

  void relink(std::size_t at) { // in the opposite order
    for (auto one : {events_[at].end, at})
      if (one != head) {
        events_[events_[one].next].previous = one;
        events_[events_[one].previous].next = one;
      }
  }

  /// Looks at the clock once in a while.
  bool given_up() {
    return seen_.size() >= limit_ || (++looks_ % 64 == 0 && clock::now() >= until_);
  }

  const Specification& spec_;
  const claims& calls_;
  std::size_t limit_;
  clock::time_point until_;
  std::vector<event> events_;
  std::vector<std::size_t> place_; // of a call, in done_ or perhaps_
  std::size_t to_do_ = 0;          // calls with an answer that have not taken effect
  std::size_t may_do_ = 0;         // all calls without an answer
  call_set done_{0};
  call_set perhaps_{0};
  state state_{};
  std::vector<taken> taken_;
  std::unordered_set<configuration, hash> seen_;
  std::size_t furthest_ = head; // event
  std::size_t looks_ = 0;
  std::size_t watched_ = std::numeric_limits<std::size_t>::max();
  std::function<void(const typename Specification::output&)> mismatch_;
};

} // namespace mailroom::explore::detail
