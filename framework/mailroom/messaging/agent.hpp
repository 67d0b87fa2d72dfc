#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "mailroom/future/future.hpp"
#include "mailroom/future/pending_call.hpp"
#include "mailroom/messaging/agent_core.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

namespace detail {

/// An agent with its state.
template <class T>
class agent_state final : public agent_core {
public:
  agent_state(system& sys, T&& initial, agent_options options)
    : agent_core(sys, std::move(options)), state_(std::move(initial)) {}

  // For the thread that runs it.
  T& state() noexcept { return *state_; }
  void destroy() noexcept { state_.reset(); }
  void renew(T&& fresh) { state_.emplace(std::move(fresh)); }

private:
  ~agent_state() override = default;

  std::optional<T> state_;
};

/// A message of `tell`.
template <class T, class F>
struct told {
  void run(agent_core& on) noexcept {
    try {
      std::invoke(std::move(f), static_cast<agent_state<T>&>(on).state());
    } catch (...) {
      on.report(std::current_exception());
    }
  }
  void drop(const std::exception_ptr&) noexcept {}

  F f;
};

/// A function that is too large for a tape, or might throw when it is moved.
template <class F>
struct boxed {
  template <class T>
  void operator()(T& state) {
    std::invoke(std::move(*f), state);
  }
  std::unique_ptr<F> f;
};

/// A message of `ask`, and its future.
template <class T, class R, class F>
class asked final : public pending_call<R, F>, public operation {
public:
  asked(agent_state<T>& at, F&& f) : pending_call<R, F>(std::move(f)), at_(at) { at_.ref(); }
  ~asked() override { at_.unref(); }

  void run(agent_core&) noexcept override {
    this->call(at_.state());
    this->unref();
  }

  void drop(const std::exception_ptr& why) noexcept override {
    this->give_up(why);
    this->unref();
  }

  bool await(clock::time_point deadline) override {
    return agent_core::await(at_, *this, deadline);
  }

private:
  agent_state<T>& at_;
};

/// The right to run an agent, until destroyed.
class running_here {
public:
  explicit running_here(agent_core& core) noexcept : right_{core}, turn_(core) {}

private:
  struct right {
    agent_core& core;
    ~right() { core.leave(); }
  };

  right right_; // given up when the turn has ended
  agent_core::turn turn_;
};

} // namespace detail

/// What `f` returns for the state of an agent. By value: no reference to the state gets out.
template <class F, class T>
using answer_t = std::decay_t<std::invoke_result_t<F, T&>>;

/// State that only its agent touches: others send it functions, which are run one at a time.
///
/// What a mutex and the data it guards are for; and nobody can forget to lock it, hold two in the
/// wrong order, or wait while holding it without being told so (`would_deadlock`). Messages of one
/// thread are run in the order in which they were sent. It is no protection against handing out
/// pointers to the state, nor against races between messages: ask for what depends on the state in
/// the message that changes it, not in one before.
///
/// It is an actor of `system`, run by its threads; see `agent_options::callers_run` for when
/// callers run it. Functions should not block: other actors wait for the thread. All members may be
/// called by any thread, also from within the agent's own functions, the destructor by one, when no
/// other thread uses it. Its lock-based control is `locked`.
template <class T>
class agent {
  static_assert(std::is_move_constructible_v<T>, "the state is moved into its agent");

public:
  /// Starts an agent on the system of those who do not bring their own.
  explicit agent(T initial = T{}, agent_options options = {})
    : own_system_(system::shared()),
      core_(new detail::agent_state<T>(*own_system_, std::move(initial), std::move(options))) {}

  /// Starts an agent on `sys`, which has to outlive it.
  explicit agent(system& sys, T initial = T{}, agent_options options = {})
    : core_(new detail::agent_state<T>(sys, std::move(initial), std::move(options))) {}

  /// Takes no more messages, waits until those it has are done, and destroys the state.
  ~agent() { end(); }

  agent(agent&& other) noexcept
    : own_system_(std::move(other.own_system_)), core_(std::exchange(other.core_, nullptr)) {}
  agent& operator=(agent&& other) noexcept {
    if (this != &other) {
      end();
      own_system_ = std::move(other.own_system_);
      core_ = std::exchange(other.core_, nullptr);
    }
    return *this;
  }

  // -- messages -----------------------------------------------------------------------------------

  /// Has `f(T&)` called, and does not wait for it. What it throws goes to `on_failure`. Returns
  /// whether it will be: false if it was dropped for lack of room. Waits for room if the policy
  /// says so. Throws `rejected` if there is none and the policy is `fail`, `shutdown_error` if the
  /// agent is closed, or is while it waits, and `would_deadlock` if it waits for the caller.
  template <std::invocable<T&> F>
  bool tell(F f) {
    if constexpr (detail::tape::fits<detail::told<T, F>>) {
      detail::told<T, F> message{std::move(f)};
      return core_->send(message);
    } else {
      using boxed = detail::boxed<F>;
      detail::told<T, boxed> message{boxed{std::make_unique<F>(std::move(f))}};
      return core_->send(message);
    }
  }

  /// Has `f(T&)` called, and returns a future of what it returns or throws. May call it at once.
  /// The future throws `rejected` if the message was dropped for lack of room, and
  /// `cancelled_error` if the agent was stopped before. Otherwise as `tell`.
  template <std::invocable<T&> F>
  future<answer_t<F, T>> ask(F f) {
    using answer = answer_t<F, T>;
    using state = detail::typed_state<answer>;
    using pointer = detail::state_ptr<detail::shared_state>;
    if (core_->try_enter()) {
      detail::running_here here{*core_};
      auto* s = new state;
      future<answer> result{pointer::adopt(s)};
      s->settle_with_result_of(
        [&]() -> decltype(auto) { return std::invoke(std::move(f), core_->state()); });
      return result;
    }
    auto* o = new detail::asked<T, answer, F>(*core_, std::move(f));
    future<answer> result{pointer::adopt(o)};
    detail::order message{o};
    try {
      if (!core_->send(message))
        o->drop(std::make_exception_ptr(rejected("the agent has no room for another message")));
    } catch (...) {
      o->drop(nullptr);
      throw;
    }
    return result;
  }

  /// Returns a copy of the state as it is when all messages sent so far by this thread are done.
  T snapshot() requires std::copy_constructible<T> {
    return ask([](const T& state) { return state; }).get();
  }

  // -- the agent ----------------------------------------------------------------------------------

  /// Takes no more messages. Those it has are still done.
  void close() { core_->close(); }

  /// Takes no more messages, drops those that have not begun, and waits for the one that has.
  /// Futures of those dropped are cancelled. Does not wait if called from within the agent.
  void stop() {
    core_->drop_all(); // first: whoever sees that it is closed may rely on it
    core_->close();
    core_->join();
  }

  bool closed() const noexcept { return core_->closed(); }

  /// Returns how many messages have not begun.
  std::size_t size() const noexcept { return core_->size(); }

  /// Returns what has become of the messages; no times. Those dropped by `stop` count as dropped.
  queue_statistics stats() const { return core_->stats(); }

  // For mailroom itself.
  detail::agent_state<T>& core() const noexcept { return *core_; }

private:
  void end() noexcept {
    if (!core_)
      return;
    core_->close();
    if (core_->join())
      core_->destroy();
    std::exchange(core_, nullptr)->unref();
  }

  std::shared_ptr<system> own_system_; // before its agent, to be destroyed after it
  detail::agent_state<T>* core_;
};

} // namespace mailroom
