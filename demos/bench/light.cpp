// What many small actors cost: agents, against plain CAF actors and goroutines.

#include <atomic>
#include <cstdint>
#include <latch>
#include <vector>

#include "bench/actor_systems.hpp"
#include "mailroom/messaging/agent.hpp"

namespace mailroom::benches {

namespace {

// -- counting: one adds to the number of another one, and asks for it when it has done so ---------------

constexpr int additions = 1'000'000;

double agents_count() {
  mailroom::system sys{{.threads = actor_threads}};
  agent<std::uint64_t> counter{sys};
  agent<std::uint64_t> producer{sys};
  std::latch done{1};
  auto cost = nanoseconds([&] {
    producer.tell([&](std::uint64_t&) {
      for (int i = 0; i < additions; ++i)
        counter.tell([](std::uint64_t& n) { ++n; });
      counter.tell([&](std::uint64_t& n) {
        producer.tell([&, n](std::uint64_t& total) {
          total = n;
          done.count_down();
        });
      });
    });
    done.wait();
  });
  must(producer.snapshot() == additions);
  return cost / additions;
}

struct count {
  std::uint64_t n = 0;
};

double actors_count(caf::actor_system& sys) {
  std::latch done{1};
  std::uint64_t total = 0;
  auto counter = sys.spawn([](caf::stateful_actor<count>* self) -> caf::behavior {
    return {[self](add_atom) { ++self->state.n; }, [self](get_atom) { return self->state.n; }};
  });
  auto producer = sys.spawn([&, counter](caf::event_based_actor* self) -> caf::behavior {
    return {[self, counter](put_atom) {
              for (int i = 0; i < additions; ++i)
                self->send(counter, add_atom_v);
              self->send(counter, get_atom_v);
            },
            [&](std::uint64_t n) {
              total = n;
              done.count_down();
            }};
  });
  auto cost = nanoseconds([&] {
    caf::anon_send(producer, put_atom_v);
    done.wait();
  });
  end(sys, {counter, producer});
  must(total == additions);
  return cost / additions;
}

// -- fork-join throughput: a thread sends to many in turn, each counts what it gets ------------------------

constexpr int crowd = 60;
constexpr int messages_each = 10'000;

double agents_get_messages() {
  mailroom::system sys{{.threads = actor_threads}};
  std::latch done{crowd};
  std::vector<agent<int>> all;
  for (int i = 0; i < crowd; ++i)
    all.emplace_back(sys);
  auto cost = nanoseconds([&] {
    for (int i = 0; i < messages_each; ++i)
      for (auto& a : all)
        a.tell([&done](int& n) {
          if (++n == messages_each)
            done.count_down();
        });
    done.wait();
  });
  return cost / (crowd * messages_each);
}

double actors_get_messages(caf::actor_system& sys) {
  std::latch done{crowd};
  std::vector<caf::actor> all;
  for (int i = 0; i < crowd; ++i)
    all.push_back(sys.spawn([&done](caf::stateful_actor<count>* self) -> caf::behavior {
      return {[&done, self](add_atom) {
        if (++self->state.n == messages_each)
          done.count_down();
      }};
    }));
  auto cost = nanoseconds([&] {
    for (int i = 0; i < messages_each; ++i)
      for (auto& a : all)
        caf::anon_send(a, add_atom_v);
    done.wait();
  });
  end(sys, all);
  return cost / (crowd * messages_each);
}

// -- creation: many are made, each gets one message and ends ----------------------------------------------

constexpr int lives = 20'000;

double agents_live() {
  mailroom::system sys{{.threads = actor_threads}};
  std::atomic<int> lived = 0;
  std::vector<agent<int>> all;
  auto cost = nanoseconds([&] {
    all.reserve(lives);
    for (int i = 0; i < lives; ++i) {
      all.emplace_back(sys);
      all.back().tell([&lived](int&) { ++lived; });
    }
    all.clear();
  });
  must(lived == lives);
  return cost / lives;
}

double actors_live(caf::actor_system& sys) {
  std::atomic<int> lived = 0;
  auto cost = nanoseconds([&] {
    for (int i = 0; i < lives; ++i) {
      auto a = sys.spawn([&lived](caf::event_based_actor* self) -> caf::behavior {
        return {[&lived, self](add_atom) {
          ++lived;
          self->quit();
        }};
      });
      caf::anon_send(a, add_atom_v);
    }
    sys.await_all_actors_done();
  });
  must(lived == lives);
  return cost / lives;
}

// ----------------------------------------------------------------------------------------------------

compare::benchmark measured(const char* name, const char* unit, double (*agents)(),
                            actor_program actors, const char* in_go, int how_often) {
  compare::benchmark b{
    "light",
    name,
    unit,
    {"agent", agents},
    {on_stock_caf("caf", "stealing", actors), on_parking("caf on parking", actors)}};
  add_go(b, "light_in_go", in_go, how_often);
  return b;
}

/// Memory is measured in processes of their own: light_memory.cpp.
compare::benchmark idle() {
  auto bytes = [](const char* who) -> compare::contender {
    return {who, [who] { return number_from({helper("light_memory"), who}); }};
  };
  compare::benchmark b{"light",
                       "memory per idle actor",
                       "bytes",
                       bytes("agent"),
                       {bytes("caf"), bytes("caf on parking")}};
  add_go(b, "light_in_go", "idle", 100'000);
  return b;
}

} // namespace

std::vector<compare::benchmark> light() {
  std::vector<compare::benchmark> all{
    measured("counting", "ns", agents_count, actors_count, "count", additions),
    measured("fork-join throughput", "ns", agents_get_messages, actors_get_messages, "fork_join",
             messages_each),
    measured("creation", "ns", agents_live, actors_live, "create", lives),
  };
  all.push_back(idle());
  return all;
}

} // namespace mailroom::benches
