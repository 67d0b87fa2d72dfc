#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mailroom/future/parker.hpp"

namespace mailroom::detail {

class agent_core;
class shared_state;

/// What ends a wait that may be over before who waits has said so: a future, or room in an agent.
/// Neither: it is over when who waits says so.
struct wait_end {
  const shared_state* done = nullptr;
  const agent_core* has_room = nullptr;
};

/// An agent or a transaction: what others wait for, and what may itself wait for one other.
///
/// Whoever is waited for by what it waits for will wait for ever. So all who wait for an unlimited
/// time note here for what, and the last of a ring is told.
class wait_node {
public:
  /// What errors call it.
  virtual std::string_view name() const noexcept = 0;

  /// The agent, if it is one.
  virtual agent_core* as_agent() noexcept { return nullptr; }

protected:
  wait_node() = default;
  ~wait_node() = default;

private:
  friend class wait_note;
  friend wait_node& end_of_chain(wait_node&) noexcept;
  friend bool leads_to(const wait_node&, const wait_node&) noexcept;

  struct edge {
    wait_node* to = nullptr;
    wait_end until;
  };

  wait_node* next() const noexcept;

  edge waits_for_; // guarded by one lock for all
};

/// Says that some wait for another one, until destroyed.
class wait_note {
public:
  /// Throws `would_deadlock`, and says nothing, if `awaited` waits for one of those `waiting`.
  wait_note(std::vector<wait_node*> waiting, wait_node& awaited, wait_end until);
  ~wait_note();
  wait_note(const wait_note&) = delete;
  wait_note& operator=(const wait_note&) = delete;

private:
  std::vector<wait_node*> waiting_;
  std::vector<wait_node::edge> before_; // of each: whoever waits may help, and wait within
};

/// Wakes the threads that wait for `node`, or for what waits for it, to look whether they can help.
void wake_those_who_wait_for(wait_node& node) noexcept;

/// A thread that sleeps until something has come of what it waits for, and helps it.
///
/// It may be the one that the agent at the end of the chain needs: perhaps all threads of the actor
/// system wait for agents that nobody runs.
class waiting_thread {
public:
  explicit waiting_thread(wait_node& awaited);
  ~waiting_thread();
  waiting_thread(const waiting_thread&) = delete;
  waiting_thread& operator=(const waiting_thread&) = delete;

  /// Returns what `sleep` needs to notice wake-ups from now on.
  std::uint32_t ready() const noexcept { return place_.ready(); }

  /// Does something that it waits for, if there is something to do. Returns whether there was.
  bool help(const shared_state* until) noexcept;

  /// Sleeps until woken, or until `deadline`. May return early.
  void sleep(std::uint32_t since, clock::time_point deadline) noexcept {
    place_.park(since, deadline);
  }

  void wake() noexcept { place_.unpark(); }
  wait_node& awaited() const noexcept { return awaited_; }

private:
  wait_node& awaited_;
  parker place_;
};

} // namespace mailroom::detail
