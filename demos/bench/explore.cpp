#include "mailroom/explore/actors.hpp"
#include "mailroom/explore/threads.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/benches.hpp"
#include "mailroom/sync/sync.hpp"

namespace mailroom::benches {

namespace {

using explore::strategy;

constexpr auto no_limit = std::chrono::hours{1};

/// Three threads that add twice without protection: 34 650 schedules.
void racy_counter() {
  sync::shared<int> n{0, "n"};
  auto add = [&] {
    for (int i = 0; i < 2; ++i)
      n = n + 1;
  };
  sync::thread a{"A", add}, b{"B", add}, c{"C", add};
}

/// Two clients that get and put, twice.
void get_and_put(caf::event_based_actor* self, const caf::actor& target, int times) {
  if (times > 0)
    self->request(target, caf::infinite, get_atom_v).then([=](int seen) {
      self->send(target, put_atom_v, seen + 1);
      get_and_put(self, target, times - 1);
    });
}

caf::behavior cell(caf::event_based_actor*, int* n) {
  return {
    [n](get_atom) { return *n; },
    [n](put_atom, int value) { *n = value; },
  };
}

void clients(explore::stage& s) {
  auto& n = s.observe<int>(0);
  auto c = s.spawn("cell", cell, &n);
  s.spawn("alice", get_and_put, c, 2);
  s.spawn("bob", get_and_put, c, 2);
}

/// Nanoseconds per schedule of an exploration of at most `most` schedules.
double per_schedule(const std::function<explore::result(const explore::options&)>& explore,
                    std::uint64_t most) {
  explore::result r;
  auto time = nanoseconds(
    [&] { r = explore({.strategy = strategy::all, .max_schedules = most, .max_time = no_limit}); });
  must(r.schedules > 0 && r.bad() == 0);
  return time / static_cast<double>(r.schedules);
}

/// Nanoseconds to start three threads and join them: what a schedule would cost at least without
/// threads that are used again.
double three_threads(std::uint64_t times) {
  return nanoseconds([&] {
           for (std::uint64_t i = 0; i < times; ++i) {
             int n = 0;
             std::mutex mutex;
             auto add = [&] {
               std::lock_guard lock{mutex};
               ++n;
             };
             std::vector<std::jthread> all;
             for (int t = 0; t < 3; ++t)
               all.emplace_back(add);
           }
         })
         / static_cast<double>(times);
}

/// Nanoseconds to make an actor system of CAF with its own scheduler for tests, and to end it.
double one_system(std::uint64_t times) {
  caf::actor_system_config config;
  detail::set_scheduler(config, "testing");
  return nanoseconds([&] {
           for (std::uint64_t i = 0; i < times; ++i)
             caf::actor_system sys{config};
         })
         / static_cast<double>(times);
}

} // namespace

std::vector<compare::benchmark> explore_cases() {
  constexpr std::uint64_t most = 1'000;
  return {
    {"explore",
     "a schedule of 12 steps by 3 threads",
     "ns",
     {"explore::threads",
      [] { return per_schedule([](auto& o) { return explore::threads(racy_counter, o); }, most); }},
     {{"starting 3 threads", [] { return three_threads(most); }}}},
    {"explore",
     "an order of 8 messages and 4 replies",
     "ns",
     {"explore::actors",
      [] { return per_schedule([](auto& o) { return explore::actors(clients, o); }, most); }},
     {{"an empty actor_system", [] { return one_system(most); }}}},
  };
}

} // namespace mailroom::benches
