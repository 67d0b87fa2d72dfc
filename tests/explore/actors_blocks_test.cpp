#include "mailroom/explore/actors.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "actors/account/actor.hpp"
#include "actors/account/naive_actor.hpp"
#include "actors/cell/actor.hpp"
#include "actors/counter/actor.hpp"
#include "actors/counter/naive_actor.hpp"
#include "actors/resource_pair/mutual_ask.hpp"
#include "explore/actor_scenarios.hpp"

namespace ex = mailroom::explore;
using namespace mailroom;
using namespace mailroom::test;
using ex::strategy;

namespace {

/// Returns a cell whose value the checks can see.
cell_actor spawn_cell(ex::stage& s, std::int64_t value, const std::int64_t*& seen) {
  return s.spawn("cell", [value, &seen](cell_actor::stateful_pointer<cell_state> self) {
    seen = &self->state.value;
    return cell(self, value);
  });
}

/// Two copies of a shopping list: one is told to save while the other is told to sync.
void awaiting_pair_on_stage(ex::stage& s) {
  auto spawn_copy = [&](const std::string& name, int& unanswered) {
    auto store = s.spawn("store of " + name, slow_store, std::chrono::seconds{1});
    progress count = [&unanswered](const char*, const char* what) {
      unanswered += std::string_view{what} == "got no answer" ? 1 : 0;
    };
    return s.spawn(name, awaiting_copy, store,
                   awaiting_options{"copy", std::chrono::hours{1}, count});
  };
  auto& local_unanswered = s.observe<int>(0);
  auto& cloud_unanswered = s.observe<int>(0);
  auto local = spawn_copy("local", local_unanswered);
  auto cloud = spawn_copy("cloud", cloud_unanswered);
  caf::anon_send(local, partner_atom_v, partner_actor{cloud});
  caf::anon_send(cloud, partner_atom_v, partner_actor{local});
  caf::anon_send(local, save_atom_v, 2);
  caf::anon_send(cloud, sync_atom_v);
  s.finally("each waited for the other",
            [&] { return !(local_unanswered > 0 && cloud_unanswered > 0); });
}

} // namespace

TEST_CASE("explore actors: an account that decides for itself is not overdrawn") {
  auto withdrawing = [](ex::stage& s) {
    auto account = s.spawn("account", mailroom::account, 100);
    auto spawn_customer = [&](const char* name) -> bool& {
      auto& paid = s.observe<bool>(false);
      s.spawn(name, [account, &paid](caf::event_based_actor* self) {
        self->request(account, caf::infinite, withdraw_atom_v, std::int64_t{80})
          .then([&paid](bool enough) { paid = enough; });
      });
      return paid;
    };
    auto& alice = spawn_customer("alice");
    auto& bob = spawn_customer("bob");
    s.finally("overdrawn", [&] { return !(alice && bob); });
    s.finally("nobody was paid", [&] { return alice || bob; });
  };
  CHECK(counted(withdrawing, strategy::all) == "0 of 4");
  CHECK(counted(withdrawing, strategy::sleep_sets) == "0 of 2");
}

TEST_CASE("explore actors: naive customers of ours overdraw a cell") {
  auto r = ex::actors([](ex::stage& s) {
    auto balance = s.spawn("balance", cell, 100);
    auto spawn_customer = [&](const char* name) -> bool& {
      auto& paid = s.observe<bool>(false);
      s.spawn(name, naive_customer, balance, 80, std::chrono::seconds{1},
              std::function<void(bool)>{[&paid](bool enough) { paid = enough; }});
      return paid;
    };
    auto& alice = spawn_customer("alice");
    auto& bob = spawn_customer("bob");
    s.finally("overdrawn", [&] { return !(alice && bob); });
  });
  CHECK(r.complete);
  CHECK(r.bad() > 0);
  CHECK(r.bad() < r.schedules);
  CHECK(r.simplest.why == "overdrawn");
}

TEST_CASE("explore actors: naive adders of ours lose an update, counters do not") {
  auto naive = [](ex::stage& s) {
    auto& seen = s.observe<const std::int64_t*>(nullptr);
    auto target = spawn_cell(s, 0, seen);
    for (auto name : {"alice", "bob"})
      s.spawn(name, naive_adder, target, 1, std::chrono::nanoseconds{0});
    s.finally("an update was lost", [&seen] { return *seen == 2; });
  };
  CHECK(counted(naive, strategy::sleep_sets) == "4 of 6");
  CHECK(counted(naive, strategy::all) == "12 of 14");

  auto counting = [](ex::stage& s) {
    auto& seen = s.observe<const std::int64_t*>(nullptr);
    auto spawn_counter = [&seen](counter_actor::stateful_pointer<counter_state> self) {
      seen = &self->state.value;
      return mailroom::counter(self, 0);
    };
    auto target = s.spawn("counter", spawn_counter);
    for (auto name : {"alice", "bob"})
      s.spawn(name, adder, target, 1);
    s.finally("an update was lost", [&seen] { return *seen == 2; });
  };
  auto r = ex::actors(counting);
  CHECK(r.complete);
  CHECK(r.bad() == 0);
}

TEST_CASE("explore actors: copies of ours that await each other both get no answer") {
  auto r = ex::actors(awaiting_pair_on_stage);
  CHECK(r.bad() > 0);
  CHECK(r.simplest.why == "each waited for the other");
}
