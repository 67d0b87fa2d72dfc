#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "mailroom/future/future.hpp"
#include "mailroom/messaging/agent.hpp"
#include "mailroom/messaging/backoff.hpp"
#include "mailroom/messaging/supervised_actor.hpp"
#include "mailroom/messaging/supervised_agent.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

namespace detail {
class supervision;
}

// -- what to do ---------------------------------------------------------------------------------------

/// Whom it concerns that a child has failed.
enum class restart_strategy {
  one_for_one, ///< the child
  one_for_all, ///< all children: none is of use without the others
  rest_for_one ///< the child and those started after it: they rely on it
};

/// What to do with them.
enum class directive {
  restart, ///< start them anew
  stop,    ///< end them; the supervisor goes on with the others
  escalate ///< the supervisor fails: it is for its own supervisor to decide, or it ends
};

/// A child has failed.
struct child_failure {
  std::string child;
  std::string reason;           ///< what the exception or the error says
  std::exception_ptr exception; ///< null if it was an error of CAF
  int failures = 0;             ///< within the last `child_options::within`, with this one
};

/// How to look after a child.
struct child_options {
  std::string name = "child"; ///< what errors and logs call it
  bool own_thread = false;    ///< for an actor whose handlers block
  /// Decides what to do when it fails, on the supervisor's thread. If it throws, the supervisor
  /// escalates. Empty: restart.
  std::function<directive(const child_failure&)> on_failure = {};
  /// How many restarts there may be within `within`, and what to do when one more would be needed.
  int restarts = 3;
  std::chrono::nanoseconds within = std::chrono::seconds{5};
  directive when_spent = directive::escalate; ///< not `restart`
  /// How long to wait before a restart: longer the more failures there were within `within`.
  backoff delay{.first = std::chrono::milliseconds{10}, .most = std::chrono::seconds{1}};
};

// -- what has happened --------------------------------------------------------------------------------

/// What a supervisor does, for the log.
struct supervision_event {
  enum class kind {
    restarts,  ///< it starts the child anew, after `delay`
    stops,     ///< it ends the child, for good
    escalates, ///< it fails itself
    ends,      ///< the child has ended by itself
    waits      ///< the child does not finish its message
  };

  kind what;
  std::string supervisor;
  std::string child;
  std::string reason;               ///< why the child has failed, or which other one has
  int failures = 0;                 ///< of the child, lately
  std::chrono::nanoseconds delay{}; ///< until the restart

  bool operator==(const supervision_event&) const = default;
};

/// Returns an event as a line of a log, without a line break.
std::string to_string(const supervision_event& e);

/// What a child does at the moment.
struct child_status {
  enum class state {
    running,
    restarting, ///< it has failed or has to start over, and waits for that
    stopping    ///< it was told to end
  };

  std::string name;
  state now = state::running;
  int restarts = 0; ///< so far

  bool operator==(const child_status&) const = default;
};

/// How to set up a `supervisor`.
struct supervisor_options {
  std::string name = "supervisor";
  restart_strategy strategy = restart_strategy::one_for_one;
  /// Hears of each event, on the supervisor's thread. Empty: it prints a line to stderr.
  std::function<void(const supervision_event&)> log = {};
  /// How long a child that has to stop or to start over may take to finish its message. Then the
  /// log says so; an actor is left to itself, an agent still waited for.
  std::chrono::milliseconds patience{10'000};
  /// Of the jitter of delays.
  std::uint64_t seed = std::random_device{}();
};

// -- the supervisor -----------------------------------------------------------------------------------

/// Starts actors and agents, and starts them anew when they fail: let it crash.
///
/// An actor that has thrown, or quit with an error, leaves a state nobody can vouch for. Its
/// supervisor makes a fresh one, and decides who else has to start over, how often, and when to
/// give up. The message that made it fail is gone, and whoever asked is told; the others, and those
/// that come in meanwhile, wait and are handled in order after the restart. Handles stay valid:
/// they are of the place, not of the actor of the moment.
///
/// No failure: an actor that quits without an error or with `user_shutdown` has ended. And what was
/// *asked* of an agent and throws: the asker gets it, and the state stays. Only what it was *told*
/// makes an agent fail, for nobody else hears of that.
///
/// It is no cure for handlers that never return, nor for what a failed message has already done to
/// others. Each message is handled at most once. Children may be event-based actors, typed ones
/// too, agents, and supervisors.
///
/// It works on a thread of its own, to be able to act when all others are busy; or by hand, if its
/// system does. All members may be called by any thread, the destructor by one, when no other
/// thread uses it, and not within an actor.
class supervisor {
public:
  /// Starts a supervisor on the system of those who do not bring their own.
  explicit supervisor(supervisor_options options = {});

  /// Starts a supervisor on `sys`, which has to outlive it. Throws `std::invalid_argument` for a
  /// negative patience.
  explicit supervisor(system& sys, supervisor_options options = {});

  /// Starts a supervisor that is a child of `parent`, which has to outlive it. What it escalates,
  /// that one decides; to restart it is to restart all its children.
  supervisor(supervisor& parent, child_options as_child, supervisor_options options = {});

  /// Stops it.
  ~supervisor();
  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;

  // -- children -----------------------------------------------------------------------------------

  /// Starts an actor as `system::spawn` does, from a function and its arguments, which are copied
  /// for each start. Returns its handle: give others this one, not `self`, which is of the moment.
  /// Throws `std::invalid_argument` for wrong options, and `shutdown_error` if the supervisor has
  /// ended.
  template <class F, std::copy_constructible... Arguments>
  auto spawn(child_options options, F f, Arguments... arguments) {
    return caf::actor_cast<caf::infer_handle_from_fun_t<F>>(add_actor(
      std::move(options), detail::starter_of_function(std::move(f), std::move(arguments)...)));
  }

  /// Starts an actor of a class, event-based, with these arguments of its constructor. Otherwise as
  /// above.
  template <std::derived_from<caf::scheduled_actor> Actor, std::copy_constructible... Arguments>
  auto spawn(child_options options, Arguments... arguments) {
    return caf::actor_cast<caf::infer_handle_from_class_t<Actor>>(
      add_actor(std::move(options), [=](detail::supervised_place_ptr place, bool own_thread) {
        return detail::start_in<Actor>(std::move(place), own_thread, caf::actor_config{},
                                       arguments...);
      }));
  }

  /// Starts an agent with the state `make()`, which it calls again, on its own thread, for each
  /// restart. The agent lives as long as the supervisor. It has the name of the child;
  /// `on_failure` is called before the supervisor acts. Throws as above, and what `make` does.
  template <std::invocable Make>
  auto& start_agent(child_options options, Make make, agent_options with = {}) {
    with.name = options.name;
    auto child = std::make_unique<detail::supervised_agent<std::invoke_result_t<Make&>, Make>>(
      sys_, std::move(make), std::move(with));
    auto& agent = child->get();
    add(std::move(options), std::move(child));
    return agent;
  }

  /// Returns what those children do that have not ended, in the order in which they were started.
  std::vector<child_status> children() const;

  // -- the end ------------------------------------------------------------------------------------

  /// Takes no more children and ends those it has, the last one first, each when it has finished
  /// its message. Waits for that. Throws `would_deadlock` if called by its own thread, from within
  /// `on_failure` or `log`.
  void stop();

  /// Returns a future of the end. It throws `supervision_failed`, with the exception of the child
  /// nested in it, if there was no supervisor above to escalate to.
  future<void> ended() const;

private:
  supervisor(std::shared_ptr<system> own, supervisor_options options);

  caf::strong_actor_ptr add_actor(child_options options, detail::supervised_place::starter start);
  void add(child_options options, std::unique_ptr<detail::child> child);

  std::shared_ptr<system> own_system_; // before all, to be destroyed last
  system& sys_;
  std::chrono::milliseconds patience_{};
  std::shared_ptr<detail::supervision> shared_;
  caf::actor actor_;
};

} // namespace mailroom
