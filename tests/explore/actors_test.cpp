#include "mailroom/explore/actors.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace ex = mailroom::explore;
using namespace mailroom;
using ex::ending, ex::strategy;
using std::chrono_literals::operator""s;

namespace {

MAILROOM_ATOM(inc);
MAILROOM_ATOM(go);

std::string name(int n) {
  return {static_cast<char>('a' + n)};
}

// -- counters ---------------------------------------------------------------------------------------

caf::behavior counter(caf::event_based_actor*, int* n) {
  return {
    [n](inc_atom) { ++*n; },
    [n](get_atom) { return *n; },
    [n](put_atom, int value) { *n = value; },
  };
}

/// One message, one change.
void incrementer(caf::event_based_actor* self, const caf::actor& target) {
  self->send(target, inc_atom_v);
}

/// Get, then put: the race is back, in messages.
void get_and_put(caf::event_based_actor* self, const caf::actor& target, int times) {
  if (times > 0)
    self->request(target, caf::infinite, get_atom_v).then([=](int seen) {
      self->send(target, put_atom_v, seen + 1);
      get_and_put(self, target, times - 1);
    });
}

auto incrementing(int clients) {
  return [=](ex::stage& s) {
    auto& n = s.observe<int>(0);
    auto c = s.spawn("counter", counter, &n);
    for (int i = 0; i < clients; ++i)
      s.spawn(name(i), incrementer, c);
    s.finally("an update was lost", [&n, clients] { return n == clients; });
  };
}

auto getting_and_putting(int clients, int times) {
  return [=](ex::stage& s) {
    auto& n = s.observe<int>(0);
    auto c = s.spawn("counter", counter, &n);
    for (int i = 0; i < clients; ++i)
      s.spawn(name(i), get_and_put, c, times);
    s.finally("an update was lost", [&n, clients, times] { return n == clients * times; });
  };
}

std::string counted(const std::function<void(ex::stage&)>& scenario, ex::options o) {
  auto r = ex::actors(scenario, o);
  return std::to_string(r.bad()) + " of " + std::to_string(r.schedules) + (r.complete ? "" : "+");
}

const ex::options all{.strategy = strategy::all};

} // namespace

TEST_CASE("explore actors: the counts") {
  for (auto how : {strategy::all, strategy::sleep_sets})
    for (auto sem : {ex::node, ex::network}) {
      MESSAGE(to_string(how) << (sem == ex::node ? " node" : " network"));
      ex::options o{.strategy = how, .semantics = sem};
      for (int n : {2, 3, 4})
        MESSAGE("inc " << n << ": " << counted(incrementing(n), o));
      MESSAGE("getput 2 1: " << counted(getting_and_putting(2, 1), o));
      MESSAGE("getput 2 2: " << counted(getting_and_putting(2, 2), o));
      MESSAGE("getput 3 1: " << counted(getting_and_putting(3, 1), o));
    }
  std::ostringstream out;
  auto r = ex::actors(getting_and_putting(2, 1), all);
  r.print(out);
  MESSAGE(out.str());
  auto r2 = ex::actors(getting_and_putting(3, 1), all);
  MESSAGE(r2.schedules << " in " << r2.seconds << " = " << double(r2.schedules) / r2.seconds);
}
