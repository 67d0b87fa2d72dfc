#pragma once

#include <functional>
#include <string>

#include "mailroom/explore/actors.hpp"

namespace mailroom::test {

MAILROOM_ATOM(inc);
MAILROOM_ATOM(go);
MAILROOM_ATOM(tick);

using scenario = std::function<void(explore::stage&)>;

/// "4 of 6": how many orders fail; with a + if there are others.
inline std::string counted(const scenario& s, const explore::options& o) {
  auto r = explore::actors(s, o);
  return std::to_string(r.bad()) + " of " + std::to_string(r.schedules) + (r.complete ? "" : "+");
}

inline std::string counted(const scenario& s, explore::strategy how,
                           explore::semantics overtaking = explore::node) {
  return counted(s, {.strategy = how, .semantics = overtaking});
}

/// Each step as one line.
inline std::string told(const explore::run& r) {
  std::string text;
  for (auto& step : r.history)
    text += step.who + ": " + to_string(step) + "\n";
  return text;
}

inline caf::behavior counter(caf::event_based_actor*, int* n) {
  return {
    [n](inc_atom) { ++*n; },
    [n](get_atom) { return *n; },
    [n](put_atom, int value) { *n = value; },
  };
}

/// Get, then put: the race is back, in messages.
inline void get_and_put(caf::event_based_actor* self, const caf::actor& target, int times) {
  if (times > 0)
    self->request(target, caf::infinite, get_atom_v).then([=](int seen) {
      self->send(target, put_atom_v, seen + 1);
      get_and_put(self, target, times - 1);
    });
}

inline scenario getting_and_putting(int clients, int times) {
  return [=](explore::stage& s) {
    auto& n = s.observe<int>(0);
    auto c = s.spawn("counter", counter, &n);
    for (int i = 0; i < clients; ++i)
      s.spawn(i == 0 ? "alice" : i == 1 ? "bob" : "carol", get_and_put, c, times);
    s.finally("an update was lost", [&n, clients, times] { return n == clients * times; });
  };
}

} // namespace mailroom::test
