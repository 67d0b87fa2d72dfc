// What a message costs on its way through a mailbox, against the same queue made of a lock, and
// against those of others.

#include <vector>

#include "bench/benches.hpp"
#include "bench/mailbox_peers/pass_on.hpp"
#include "mailbox_peers.hpp"
#include "mailroom/locking/locked_queue.hpp"
#include "mailroom/messaging/mailbox.hpp"

namespace mailroom::benches {

namespace {

compare::benchmark passing(const char* name, const route& r,
                           const std::vector<mailbox_peer>& peers) {
  compare::benchmark b{"mailbox",
                       name,
                       "ns",
                       {"mailbox", [=] { return pass_on<mailbox<int>>(r); }},
                       {{"locked", [=] { return pass_on<locked_queue<int>>(r); }}},
                       note_on_missing(peers)};
  for (auto& p : peers)
    if (p.passing)
      if (auto round = p.passing(r))
        b.peers.push_back({p.name, std::move(round)});
  return b;
}

} // namespace

std::vector<compare::benchmark> mailbox_cases() {
  auto peers = mailbox_peers();
  constexpr int many = 200'000;
  constexpr int few = many / 10; // with locks, a thread falls asleep for nearly every message
  return {
    passing("1 to 1, room for 1024", {1, 1, 1024, many}, peers),
    passing("2 to 2, room for 1024", {2, 2, 1024, many}, peers),
    passing("4 to 1, unbounded", {4, 1, 0, many}, peers),
    passing("1 to 1, room for 1", {1, 1, 1, few}, peers),
  };
}

} // namespace mailroom::benches
