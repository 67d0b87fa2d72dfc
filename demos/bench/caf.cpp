// What plain CAF actors cost on our scheduler, against those that CAF brings, and against Go.

#include <ctime>
#include <latch>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/actor_systems.hpp"

namespace mailroom::benches {

namespace {

// -- what is measured: each returns a cost -------------------------------------------------------------

caf::behavior echo() {
  return {[](int n) { return n; }};
}

constexpr int exchanges = 50'000;

/// Two actors send each other a number.
double ping_pong(caf::actor_system& sys) {
  std::latch done{1};
  auto pong = sys.spawn(echo);
  auto ping = sys.spawn([&, pong](caf::event_based_actor* self) -> caf::behavior {
    return {[&, self, pong](int left) {
      if (left == 0)
        done.count_down();
      else
        self->send(pong, left - 1);
    }};
  });
  auto cost = nanoseconds([&] {
    caf::anon_send(ping, exchanges);
    done.wait();
  });
  end(sys, {ping, pong});
  return cost / (2.0 * exchanges);
}

constexpr int links = 100;
constexpr int hops = 100'000;

struct link_state {
  caf::actor next;
};

/// A number goes round a ring of actors.
double ring(caf::actor_system& sys) {
  std::latch done{1};
  std::vector<caf::actor> all;
  for (int i = 0; i < links; ++i)
    all.push_back(sys.spawn([&](caf::stateful_actor<link_state>* self) -> caf::behavior {
      return {
        [&, self](int left) {
          if (left == 0)
            done.count_down();
          else
            self->send(self->state.next, left - 1);
        },
        [self](const caf::actor& next) { self->state.next = next; },
      };
    }));
  for (int i = 0; i < links; ++i)
    caf::anon_send(all[i], all[(i + 1) % links]);
  auto cost = nanoseconds([&] {
    caf::anon_send(all[0], hops);
    done.wait();
  });
  end(sys, all);
  return cost / hops;
}

constexpr int crowd = 120;
constexpr int questions_each = 500;

MAILROOM_ATOM(question);
MAILROOM_ATOM(answer);

struct asker_state {
  std::uint64_t random = 0;
  int left = questions_each;
};

/// Many actors each ask one of all, chosen at random, as soon as the last answer has come.
double big(caf::actor_system& sys) {
  std::latch done{crowd};
  std::vector<caf::actor> all;
  for (int i = 0; i < crowd; ++i)
    all.push_back(sys.spawn([&, i](caf::stateful_actor<asker_state>* self) -> caf::behavior {
      self->state.random = static_cast<std::uint64_t>(i) + 1;
      return {
        [](question_atom) { return answer_atom_v; },
        [&, self](answer_atom) {
          auto& s = self->state;
          if (s.left == 0) {
            done.count_down();
            return;
          }
          --s.left;
          s.random = s.random * 6364136223846793005U + 1442695040888963407U;
          self->send(all[(s.random >> 33U) % crowd], question_atom_v);
        },
      };
    }));
  auto cost = nanoseconds([&] {
    for (auto& a : all)
      caf::anon_send(a, answer_atom_v); // to begin with
    done.wait();
  });
  end(sys, all);
  return cost / (2.0 * crowd * questions_each);
}

constexpr int requests = 1'000;

void ask_once(caf::scoped_actor& self, const caf::actor& whom) {
  self->request(whom, caf::infinite, 1)
    .receive([](int) {}, [](caf::error&) { throw std::runtime_error("no answer"); });
}

/// A thread asks an actor and waits for the answer, again and again.
double request_from_thread(caf::actor_system& sys) {
  caf::scoped_actor self{sys};
  auto other = sys.spawn(echo);
  auto cost = nanoseconds([&] {
    for (int i = 0; i < requests; ++i)
      ask_once(self, other);
  });
  end(sys, {other});
  return cost / requests;
}

/// Nothing happens for a while, after something has. Returns the processor time of that, in
/// microseconds per second.
double idle(caf::actor_system& sys) {
  constexpr std::chrono::milliseconds nap{50};
  auto used = [] {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
  };
  auto other = sys.spawn(echo);
  {
    caf::scoped_actor self{sys};
    ask_once(self, other);
  }
  auto before = used();
  std::this_thread::sleep_for(nap);
  auto cost = used() - before;
  end(sys, {other});
  return cost / std::chrono::duration<double>(nap).count();
}

// ----------------------------------------------------------------------------------------------------

compare::benchmark measured(const char* name, const char* unit, actor_program work,
                            const char* in_go, int how_often) {
  compare::benchmark b{
    "caf",
    name,
    unit,
    on_parking("parking", work),
    {on_stock_caf("stealing", "stealing", work), on_stock_caf("sharing", "sharing", work)}};
  if (how_often > 0)
    add_go(b, "caf_in_go", in_go, how_often);
  return b;
}

} // namespace

std::vector<compare::benchmark> caf_cases() {
  return {
    measured("ping-pong", "ns", ping_pong, "ping_pong", exchanges),
    measured("ring of 100", "ns", ring, "ring", hops),
    measured("big, 120 ask each other", "ns", big, "big", questions_each),
    measured("request from a thread", "ns", request_from_thread, "request", requests),
    measured("idle", "us/s", idle, "", 0),
  };
}

} // namespace mailroom::benches
