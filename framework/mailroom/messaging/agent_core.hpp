#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "mailroom/caf.hpp"
#include "mailroom/future/event_count.hpp"
#include "mailroom/future/failure.hpp"
#include "mailroom/future/state.hpp"
#include "mailroom/messaging/next_holder.hpp"
#include "mailroom/messaging/run_right.hpp"
#include "mailroom/messaging/tape.hpp"
#include "mailroom/messaging/wait_chain.hpp"
#include "mailroom/queue_options.hpp"

namespace mailroom {

class system;

/// How to set up an `agent`.
struct agent_options {
  /// What errors and logs call it.
  std::string name = "agent";
  /// How many messages may wait at most; 0: as many as there is memory.
  std::size_t capacity = 0;
  /// What to do with one more.
  overflow_policy overflow = overflow_policy::wait;
  /// Whether threads that ask may run the agent themselves if nobody else does: their own function
  /// at once, those of others while they wait. It spares them two switches between threads; but a
  /// caller that holds a lock may then run a function of somebody else who wants the same lock.
  /// Without it, only threads of the actor system do; or whoever is the last to be able to, if all
  /// of those wait for it.
  bool callers_run = true;
  /// Hears of what messages of `tell` throw. Empty: the handler of the program, see
  /// `set_failure_handler`.
  failure_handler on_failure = {};
};

namespace detail {

class agent_core;

/// Something to do with the state of an agent, once, that others know of, too.
class operation {
public:
  /// Does it. By the thread that runs the agent.
  virtual void run(agent_core&) noexcept = 0;

  /// It will not be done: for a reason, or cancelled if there is none. By any thread.
  virtual void drop(const std::exception_ptr& why) noexcept = 0;

protected:
  operation() = default;
  ~operation() = default;
};

/// A message that says what operation to do.
struct order {
  operation* what;
  void run(agent_core& on) noexcept { what->run(on); }
  void drop(const std::exception_ptr& why) noexcept { what->drop(why); }
};

/// Gets the right to run an agent, and does something else with it.
class holder {
public:
  /// It has the right. Returns the agents to be left, linked by `next_to_leave`, with a reference
  /// to each; others it leaves later.
  virtual agent_core* proceed() noexcept = 0;

protected:
  holder() = default;
  ~holder() = default;
};

/// Looks after an agent: takes it out of service when a message fails.
class keeper : public holder {
public:
  /// A message of `tell` has thrown. The keeper gets the right to run the agent next.
  virtual void failed(const std::exception_ptr& what) noexcept = 0;

protected:
  ~keeper() = default;
};

/// The queue of an agent, and the right to run it, which one thread has at a time.
///
/// It is a light actor: an entry in CAF's scheduler while there is something to do, and a small
/// object otherwise. All members may be called by any thread unless they say otherwise.
class agent_core : public caf::resumable, public wait_node {
public:
  agent_core(system& sys, agent_options options);
  agent_core(const agent_core&) = delete;
  agent_core& operator=(const agent_core&) = delete;

  void ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void unref() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete this;
  }

  std::string_view name() const noexcept override { return options_.name; }
  agent_core* as_agent() noexcept override { return this; }

  // -- sending ------------------------------------------------------------------------------------

  /// Adds a message. What to do without room is up to the options: waits, drops the oldest, throws
  /// `rejected`, or returns false. Throws `shutdown_error` if the agent is closed. Unless it
  /// returns true, `message` is as before.
  template <class M>
  bool send(M& message) {
    do {
      tape::loose oldest;
      bool wake = false;
      bool added = false;
      {
        std::lock_guard lock{right_.lock};
        if ((added = admit(oldest))) {
          tape_.push(std::move(message));
          wake = count_added();
        }
      }
      if (oldest)
        drop_for_newer(oldest);
      if (wake)
        schedule();
      if (added)
        return true;
    } while (await_room());
    return false;
  }

  /// Tells whoever is to hear of it what a message has thrown. By the thread that runs it.
  void report(const std::exception_ptr& what) noexcept;

  // -- running ------------------------------------------------------------------------------------

  /// Says that the calling thread runs an agent, until destroyed.
  class turn {
  public:
    explicit turn(agent_core& c) noexcept : core(c), outer(innermost) { innermost = this; }
    ~turn() { innermost = outer; }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

    agent_core& core;
    turn* const outer; ///< null, or the turn of another agent within which this thread has this one

    static inline constinit thread_local turn* innermost = nullptr;
  };

  /// Gets the right to run the agent, if this thread may have it, and nobody has, and there is
  /// nothing to do.
  bool try_enter() noexcept {
    constexpr auto relaxed = std::memory_order_relaxed;
    if (right_.taken() || !may_be_run_here())
      return false;
    std::lock_guard lock{right_.lock};
    if (!right_.take_if_idle())
      return false;
    ++sent_;
    begun_.store(begun_.load(relaxed) + 1, relaxed);
    return true;
  }

  /// Gives it up. Does some of what has come in meanwhile if it is to `help`, so that those who
  /// wait do not wait for a third thread. Whoever has others to leave has to leave them first: what
  /// it does may wait for them.
  void leave(bool help = true) noexcept {
    {
      std::lock_guard lock{right_.lock};
      if (!next_.wanted() && right_.give_back_if_idle())
        return;
    }
    leave_with_more_to_do(help);
  }

  /// Does some of what there is to do, if nobody else does and this thread may. Returns whether it
  /// did. Within a turn, it stops when `until` is done, or after one message.
  bool help(const shared_state* until) noexcept;

  /// Waits until `asked` is done, for which `awaited` has to get on, and helps it. Returns whether
  /// it is; false if it is too late. Throws `would_deadlock` if it would never be.
  static bool await(wait_node& awaited, shared_state& asked, clock::time_point deadline);

  // -- ending -------------------------------------------------------------------------------------

  /// Takes no more messages.
  void close() noexcept;

  /// Drops what has not begun, now and later.
  void drop_all() noexcept { dropping_.store(true, std::memory_order_release); }

  /// Waits until there is nothing to do and nobody runs it. Returns false at once, if this thread
  /// does.
  bool join() noexcept;

  /// Whether a message might not have to wait for room: perhaps no more, when it is known.
  bool may_have_room() const noexcept {
    return right_.length(std::memory_order_seq_cst) < options_.capacity
           || right_.closed(std::memory_order_seq_cst);
  }

  bool closed() const noexcept { return right_.closed(std::memory_order_acquire); }
  std::size_t size() const noexcept;
  queue_statistics stats() const;

  // -- transactions and keepers -------------------------------------------------------------------

  /// Adds a message for which there is always room. Throws `shutdown_error` if the agent is closed.
  void send_anyway(order o);

  /// Gives the right to run the agent to `h`, after the message that says so.
  void hold_for(holder& h) noexcept { next_.set(h); }

  /// Sets who looks after it. Before the first message.
  void keep(keeper& k) noexcept { keeper_ = &k; }

  /// Has `h` get the right to run the agent before the next message. Returns whether it has it now;
  /// else it will be told.
  bool interrupt(holder& h) noexcept;

  /// Takes that back, if it has not been told.
  void do_not_interrupt() noexcept;

  /// Leaves `first` and all linked to it, without doing anything, and drops a reference to each.
  static void leave_all(agent_core* first) noexcept;

  agent_core* next_to_leave = nullptr; ///< for whoever has the right to run it

  // -- caf::resumable -----------------------------------------------------------------------------

  resume_result resume(caf::execution_unit*, std::size_t) override;
  void intrusive_ptr_add_ref_impl() override { ref(); }
  void intrusive_ptr_release_impl() override { unref(); }

protected:
  ~agent_core() override;

private:
  static constexpr std::size_t line = 64;

  enum class left { idle, messages, held };

  bool runs_on_this_thread() const noexcept;
  void run(int budget, const shared_state* until) noexcept;
  left drain(int budget, const shared_state* until) noexcept;
  left release(std::unique_lock<spinlock>& lock) noexcept;
  bool begins() noexcept;
  void unschedule() noexcept;
  bool may_be_run_here() const noexcept { return options_.callers_run || in_scheduler(); }
  static bool in_scheduler() noexcept;
  void leave_with_more_to_do(bool help) noexcept;
  bool enter_to_help() noexcept;
  bool may_help() const noexcept;
  void schedule() noexcept;
  void drop_for_newer(tape::loose& oldest) noexcept;
  bool await_room();

  // Under the lock.
  void check_open() const;
  bool admit(tape::loose& oldest) {
    if (options_.capacity == 0 && !right_.closed())
      return true;
    return admit_if_room(oldest);
  }
  bool admit_if_room(tape::loose& oldest);
  bool count_added() noexcept;
  bool full() const noexcept {
    return options_.capacity > 0 && right_.length() >= options_.capacity;
  }
  std::size_t waiting() const noexcept;

  system& system_;
  const agent_options options_;
  std::atomic<std::uint32_t> references_{1};
  std::atomic<bool> dropping_{false};
  std::atomic<int> room_wanted_{0}; // threads that wait for room
  event_count idle_;

  // What senders need: one cache line.
  alignas(line) run_right right_; // its lock guards what follows
  tape tape_;
  std::uint64_t sent_ = 0;

  // What changes with each message: for whoever runs it, and under the lock for others when nobody
  // does.
  alignas(line) tape::reader reader_;
  std::atomic<std::uint64_t> begun_{0};
  basic_next_holder<holder, real> next_;
  keeper* keeper_ = nullptr;

  std::atomic<std::uint64_t> removed_{0}; // left the queue undone
  std::atomic<std::uint64_t> refused_{0}; // never got into it
};

} // namespace detail

} // namespace mailroom
