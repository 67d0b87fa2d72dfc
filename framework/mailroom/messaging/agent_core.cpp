#include "mailroom/messaging/agent_core.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "mailroom/error.hpp"
#include "mailroom/system.hpp"

namespace mailroom::detail {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

// A caller does so many messages of others at most; then the scheduler has to go on.
constexpr int budget_of_callers = 32;
// After so many, other actors get their turn.
constexpr int budget_of_scheduler = 1000;
// A thread of the scheduler that has done all there was comes back so often before it turns to
// other actors, unless agents wait for one. Each time it stays away for some two microseconds: then
// there are many messages at once, and those who send them are not disturbed for each.
constexpr int most_returns = 3;
constexpr int pauses_between = 40;

// How many agents wait for a thread of their scheduler. Of all systems: who asks wants a hint.
alignas(64) constinit std::atomic<int> agents_in_line{0};

bool others_wait() noexcept {
  return agents_in_line.load(relaxed) > 0;
}

constinit thread_local bool runs_scheduler = false;

std::vector<wait_node*> agents_of_this_thread() {
  std::vector<wait_node*> mine;
  for (auto* t = agent_core::turn::innermost; t; t = t->outer)
    mine.push_back(&t->core);
  return mine;
}

} // namespace

agent_core::agent_core(system& sys, agent_options options)
  : system_(sys), options_(std::move(options)) {}

agent_core::~agent_core() {
  if (right_.scheduled()) // the scheduler has ended before its turn came
    agents_in_line.fetch_sub(1, relaxed);
  auto end = reader_.end(tape_);
  while (!reader_.at_end(end))
    reader_.drop(end, nullptr);
  reader_.shrink(tape_);
}

void agent_core::report(const std::exception_ptr& what) noexcept {
  if (!keeper_ || options_.on_failure)
    report_failure(options_.on_failure, "exception in a message to " + options_.name, what);
  if (keeper_) {
    keeper_->failed(what);
    hold_for(*keeper_);
  }
}

bool agent_core::runs_on_this_thread() const noexcept {
  for (auto* t = turn::innermost; t; t = t->outer)
    if (&t->core == this)
      return true;
  return false;
}

// -- sending ------------------------------------------------------------------------------------------

void agent_core::check_open() const {
  if (right_.closed())
    throw shutdown_error("the agent is closed");
}

bool agent_core::admit_if_room(tape::loose& oldest) {
  check_open();
  // What an agent tells itself always has room: it cannot make any while it waits for it.
  if (!full() || runs_on_this_thread())
    return true;
  if (options_.overflow != overflow_policy::drop_oldest)
    return false;
  reader_.take(tape_, oldest);
  right_.removed(1, relaxed);
  return true;
}

bool agent_core::count_added() noexcept {
  ++sent_;
  return right_.added();
}

void agent_core::drop_for_newer(tape::loose& oldest) noexcept {
  removed_.fetch_add(1, relaxed);
  oldest.drop(std::make_exception_ptr(rejected("dropped for a newer message")));
}

void agent_core::send_anyway(order o) {
  bool wake;
  {
    std::lock_guard lock{right_.lock};
    check_open();
    tape_.push(o);
    wake = count_added();
  }
  if (wake)
    schedule();
  wake_those_who_wait_for(*this); // now also those who wait for the transaction
}

/// There was no room: does what the policy says. Returns whether to try again. Throws `rejected`
/// and `would_deadlock`.
bool agent_core::await_room() {
  if (options_.overflow != overflow_policy::wait) {
    refused_.fetch_add(1, relaxed);
    if (options_.overflow == overflow_policy::fail)
      throw rejected("the agent has no room for another message");
    return false;
  }
  spin look{200};
  do
    if (may_have_room() || help(nullptr))
      return true;
  while (look());
  struct wanted {
    explicit wanted(std::atomic<int>& n) : count(n) { ++count; }
    ~wanted() { --count; }
    std::atomic<int>& count;
  } room{room_wanted_};
  waiting_thread me{*this};
  auto since = me.ready(); // before the note: room that comes and goes may let others close a ring
  wait_note note{agents_of_this_thread(), *this, {.has_room = this}};
  if (!may_have_room() && !me.help(nullptr))
    me.sleep(since, never);
  return true;
}

std::size_t agent_core::waiting() const noexcept {
  auto gone = begun_.load(relaxed) + removed_.load(relaxed);
  return sent_ > gone ? sent_ - gone : 0;
}

// -- running ------------------------------------------------------------------------------------------

bool agent_core::in_scheduler() noexcept {
  return runs_scheduler;
}

void agent_core::schedule() noexcept {
  ref();
  agents_in_line.fetch_add(1, relaxed);
  system_.caf().scheduler().enqueue(this);
}

void agent_core::leave_with_more_to_do(bool help) noexcept {
  // Within the turn of another agent, it is not for this thread to do what might wait for that one.
  ref();
  run(help && !turn::innermost ? budget_of_callers : 0, nullptr);
  unref();
}

void agent_core::leave_all(agent_core* first) noexcept {
  while (first) {
    auto* core = std::exchange(first, first->next_to_leave);
    core->next_to_leave = nullptr;
    if (core->drain(0, nullptr) == left::held)
      core->next_.take().proceed(); // its keeper, who leaves it later
    core->unref();
  }
}

/// Does what there is to do, for a thread that has the right to run the agent; it has no more
/// afterwards. Stops if `until` is done.
void agent_core::run(int budget, const shared_state* until) noexcept {
  if (drain(budget, until) == left::held)
    leave_all(next_.take().proceed());
}

/// The same, but the thread still has the right if the agent is held for a transaction.
agent_core::left agent_core::drain(int budget, const shared_state* until) noexcept {
  turn mine{*this};
  auto go_on = [&] { return budget > 0 && !(until && until->done()); };
  std::size_t done = 0;
  for (;;) {
    tape::place end;
    tape::loose next;
    {
      std::unique_lock lock{right_.lock};
      right_.removed(done);
      if (next_.decide())
        return left::held;
      if (right_.length() == 0 || !go_on())
        return release(lock);
      if (options_.capacity > 0) {
        reader_.take(tape_, next); // only this one: those behind it may still be dropped
        right_.removed(1);
      } else {
        end = reader_.end(tape_);
      }
    }
    done = 0;
    if (next) {
      if (room_wanted_.load(std::memory_order_seq_cst) > 0)
        wake_those_who_wait_for(*this);
      --budget;
      begins() ? next.run(*this) : next.drop(nullptr);
    } else {
      auto stays = [&] { return !next_.due(); };
      for (; !reader_.at_end(end) && stays() && go_on(); ++done, --budget)
        begins() ? reader_.run(end, *this) : reader_.drop(end, nullptr);
    }
  }
}

agent_core::left agent_core::release(std::unique_lock<spinlock>& lock) noexcept {
  auto now = right_.give_back();
  lock.unlock();
  if (now.schedule)
    schedule();
  if (now.messages) // all threads of the scheduler may wait, so that it comes to nothing
    wake_those_who_wait_for(*this);
  if (now.ended)
    idle_.notify_all();
  return now.messages ? left::messages : left::idle;
}

bool agent_core::interrupt(holder& h) noexcept {
  std::lock_guard lock{right_.lock};
  return next_.ask(right_, h);
}

void agent_core::do_not_interrupt() noexcept {
  std::lock_guard lock{right_.lock};
  next_.withdraw();
}

/// The next message leaves the queue. Returns whether to run it.
bool agent_core::begins() noexcept {
  if (dropping_.load(std::memory_order_acquire)) {
    removed_.fetch_add(1, relaxed);
    return false;
  }
  begun_.store(begun_.load(relaxed) + 1, relaxed);
  return true;
}

void agent_core::unschedule() noexcept {
  std::lock_guard lock{right_.lock};
  right_.unschedule();
}

agent_core::resume_result agent_core::resume(caf::execution_unit*, std::size_t) {
  struct scheduler_thread {
    bool before =
      std::exchange(runs_scheduler, true); // a test may run the scheduler by hand, nested
    ~scheduler_thread() { runs_scheduler = before; }
  } here;
  agents_in_line.fetch_sub(1, relaxed);
  for (int returns = 0;; ++returns) {
    {
      std::lock_guard lock{right_.lock};
      if (!right_.take_scheduled(returns < most_returns)) {
        if (!right_.taken())
          reader_.shrink(tape_);
        return done;
      }
    }
    switch (drain(budget_of_scheduler, nullptr)) {
      case left::idle:
        for (int i = 0; i < pauses_between && !others_wait(); ++i)
          relax();
        if (others_wait())
          returns = most_returns;
        break;
      case left::messages: agents_in_line.fetch_add(1, relaxed); return resume_later;
      case left::held:
        unschedule();
        leave_all(next_.take().proceed());
        return done;
    }
  }
}

// -- waiting ------------------------------------------------------------------------------------------

bool agent_core::may_help() const noexcept {
  return !right_.taken() && right_.length() > 0 && may_be_run_here();
}

bool agent_core::enter_to_help() noexcept {
  std::lock_guard lock{right_.lock};
  return right_.take_if_needed();
}

bool agent_core::help(const shared_state* until) noexcept {
  if (!may_help() || !enter_to_help())
    return false;
  ref();
  // Within a turn, it does only what it has to: what comes next may wait for this thread.
  if (!turn::innermost)
    run(budget_of_callers, nullptr);
  else if (until)
    run(budget_of_callers, until);
  else
    run(1, nullptr);
  unref();
  return true;
}

bool agent_core::await(wait_node& awaited, shared_state& asked, clock::time_point deadline) {
  auto* agent = awaited.as_agent();
  spin look{200};
  do
    if (asked.done())
      return true;
  while ((agent && agent->help(&asked)) || look());
  waiting_thread me{awaited};
  struct wake_up final : hook {
    wake_up(shared_state& s, waiting_thread& t) : hook(kind::when_done), state(s), thread(t) {
      state.attach(*this);
    }
    ~wake_up() override { state.detach(*this); }
    void fire(shared_state&) noexcept override { thread.wake(); }
    shared_state& state;
    waiting_thread& thread;
  } alarm{asked, me};
  std::optional<wait_note> note;
  for (;;) {
    if (deadline == never && !note)
      note.emplace(agents_of_this_thread(), awaited, wait_end{.done = &asked});
    auto since = me.ready();
    if (asked.done())
      return true;
    if (deadline != never && clock::now() >= deadline)
      return false;
    if (me.help(&asked))
      note.reset(); // it may have waited for others meanwhile, who then did not see this note
    else
      me.sleep(since, deadline);
  }
}

} // namespace mailroom::detail
