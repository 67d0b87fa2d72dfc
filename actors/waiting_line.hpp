#pragma once

#include <algorithm>
#include <list>
#include <utility>

#include "actors/clients.hpp"
#include "actors/deadline_alarm.hpp"

namespace mailroom {

/// Clients that wait for an answer, in order of arrival, each with a wish of its own.
///
/// Part of the state of an actor. When the actor ends, those left get an error instead of silence:
/// `caf::sec::request_receiver_down`.
template <class Answer, class Wish>
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

  explicit waiting_line(client_list& clients) : clients_(clients) {}
  waiting_line(const waiting_line&) = delete;
  waiting_line& operator=(const waiting_line&) = delete;

  ~waiting_line() {
    for (auto& each : places_)
      each.answer.deliver(caf::make_error(caf::sec::request_receiver_down));
  }

  /// Lets the sender of the message at hand wait. Whoever sent it without a name could not be
  /// answered, so does not wait.
  promise join(Wish wish, time_point until = deadline_alarm::never) {
    // Whose promise it is must be known first: making one takes the sender out of the message.
    auto who = caf::actor_cast<caf::actor_addr>(clients_.self()->current_sender());
    auto answer = clients_.self()->template make_response_promise<promise>();
    if (who) {
      clients_.add(who);
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

  /// Gives `a` to those who have waited for as long as they wanted. Returns when the next one has.
  time_point answer_late(time_point now, const Answer& a) {
    auto next = deadline_alarm::never;
    for (auto at = places_.begin(); at != places_.end();) {
      if (at->until <= now) {
        at = answer(at, a);
      } else {
        next = std::min(next, at->until);
        ++at;
      }
    }
    return next;
  }

  /// Removes a client that has ended.
  void forget(const caf::actor_addr& who) {
    for (auto at = places_.begin(); at != places_.end();)
      at = at->who == who ? erase(at) : std::next(at);
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
  std::list<place> places_;
};

} // namespace mailroom
