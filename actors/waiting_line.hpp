#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <list>
#include <utility>
#include <variant>

#include "actors/clients.hpp"
#include "actors/deadline_alarm.hpp"

namespace mailroom {

/// Clients that wait for an answer, in order of arrival, each with a wish of its own: what a
/// condition variable is for threads.
///
/// Part of the state of an actor, which calls `forget` in its down handler, and `answer_late` when
/// it hears `timeout_atom`, which the line sends when somebody's time is up. When the actor ends,
/// those left get an error instead of silence: `caf::sec::request_receiver_down`. Nobody knows
/// whether an answer is heard: a client that ends, or gives up its request, while the answer is on
/// its way misses it.
/// @tparam Answer what all hear. `Answer{}` tells that time is up: false, nothing, no lease.
template <class Answer, class Wish = std::monostate>
class waiting_line {
public:
  using promise = caf::typed_response_promise<Answer>;
  using time_point = deadline_alarm::time_point;

  struct place {
    caf::actor_addr who;
    promise answer;
    Wish wish;
    time_point until;
  };
  using iterator = typename std::list<place>::iterator;

  explicit waiting_line(client_list& clients) : clients_(clients), alarm_(clients.self()) {}
  waiting_line(const waiting_line&) = delete;
  waiting_line& operator=(const waiting_line&) = delete;

  ~waiting_line() {
    for (auto& each : places_)
      each.answer.deliver(caf::make_error(caf::sec::request_receiver_down));
  }

  /// Lets the sender of the message at hand wait, but not for longer than `limit`: not at all if
  /// that is 0 or less. Whoever sent it without a name could not be answered, so does not wait.
  promise join(Wish wish = {}, std::chrono::nanoseconds limit = std::chrono::nanoseconds::max()) {
    // Whose promise it is must be known first: making one takes the sender out of the message.
    auto who = clients_.sender();
    auto answer = clients_.self()->template make_response_promise<promise>();
    if (limit <= limit.zero())
      return answer.deliver(Answer{});
    if (who) {
      auto until = alarm_.after(limit);
      clients_.add(who);
      alarm_.set(until);
      places_.push_back({who, answer, std::move(wish), until});
    }
    return answer;
  }

  /// Answers a client, which leaves. Returns the place behind it.
  iterator answer(iterator at, Answer a) {
    at->answer.deliver(std::move(a));
    return erase(at);
  }

  void answer_first(Answer a) { answer(places_.begin(), std::move(a)); }

  /// Gives `a` to all.
  void answer_all(const Answer& a) {
    while (!places_.empty())
      answer_first(a);
  }

  /// Tells those who have waited for as long as they wanted, and sets the alarm for the next one.
  void answer_late() {
    alarm_.came();
    auto now = alarm_.now();
    auto next = deadline_alarm::never;
    for (auto at = places_.begin(); at != places_.end();) {
      if (at->until <= now) {
        at = answer(at, Answer{});
      } else {
        next = std::min(next, at->until);
        ++at;
      }
    }
    alarm_.set(next);
  }

  /// Removes a client that has ended. Returns how often it waited.
  std::size_t forget(const caf::actor_addr& who) {
    auto before = places_.size();
    for (auto at = places_.begin(); at != places_.end();)
      at = at->who == who ? erase(at) : std::next(at);
    return before - places_.size();
  }

  /// Removes one place without an answer. Returns the one behind it.
  iterator erase(iterator at) {
    clients_.remove(at->who);
    return places_.erase(at);
  }

  bool empty() const { return places_.empty(); }
  place& first() { return places_.front(); }
  iterator begin() { return places_.begin(); }
  iterator end() { return places_.end(); }

private:
  client_list& clients_;
  deadline_alarm alarm_;
  std::list<place> places_;
};

} // namespace mailroom
