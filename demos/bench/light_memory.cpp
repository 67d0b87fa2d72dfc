// Prints how much memory an actor takes that has nothing to do. It is a program because a process
// has only one first time.
//
//   light_memory NAME

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <thread>
#include <vector>

#include "bench/actor_systems.hpp"
#include "bench/resident.hpp"
#include "mailroom/messaging/agent.hpp"

namespace mailroom::benches {

namespace {

constexpr int actors = 100'000;
constexpr int at_once = 100; // so that what messages need meanwhile is small, and not counted

/// Returns by how much this process grows for each actor while `make` makes some, again and again.
/// Each tells `ready` when it has handled its first message; after that it is idle.
template <class Make>
double growth(Make make) {
  std::atomic<int> ready = 0;
  auto before = resident_bytes();
  for (int made = 0; made < actors;) {
    for (int i = 0; i < at_once; ++i, ++made)
      make(ready);
    while (ready < made)
      std::this_thread::yield();
  }
  return (resident_bytes() - before) / actors;
}

double agents_grow() {
  mailroom::system sys{{.threads = actor_threads}};
  std::vector<agent<std::uint64_t>> all;
  all.reserve(actors);
  return growth([&](std::atomic<int>& ready) {
    all.emplace_back(sys);
    all.back().tell([&ready](std::uint64_t& n) {
      ++n;
      ++ready;
    });
  });
}

struct count {
  std::uint64_t n = 0;
};

double actors_grow(caf::actor_system& sys) {
  std::vector<caf::actor> all;
  all.reserve(actors);
  auto bytes = growth([&](std::atomic<int>& ready) {
    all.push_back(sys.spawn([&ready](caf::stateful_actor<count>* self) -> caf::behavior {
      return {[&ready, self](add_atom) {
        ++self->state.n;
        ++ready;
      }};
    }));
    caf::anon_send(all.back(), add_atom_v);
  });
  end(sys, all);
  return bytes;
}

} // namespace

} // namespace mailroom::benches

int main(int argc, char** argv) try {
  using namespace mailroom::benches;
  mailroom::compare::contender all[] = {
    {"agent", agents_grow},
    on_stock_caf("caf", "stealing", actors_grow),
    on_parking("caf on parking", actors_grow),
  };
  for (auto& c : all)
    if (argc == 2 && c.name == argv[1]) {
      std::printf("%.1f\n", c.round());
      return 0;
    }
  std::fprintf(stderr, "usage: light_memory NAME\n");
  return 2;
} catch (const std::exception& e) {
  std::fprintf(stderr, "light_memory: %s\n", e.what());
  return 1;
}
