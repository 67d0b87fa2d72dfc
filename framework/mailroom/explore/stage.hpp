#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "mailroom/caf.hpp"
#include "mailroom/explore/execution.hpp"
#include "mailroom/explore/explored.hpp"
#include "mailroom/explore/fingerprint.hpp"

namespace mailroom::explore {

class actor_world;

/// What a scenario of actors is built on: it spawns them, and says what must hold.
///
/// Not an actor system: whoever is not spawned here cannot be explored. Lives until the last
/// message is handled. Belongs to the thread that explores, as handlers do.
class stage {
public:
  explicit stage(actor_world& world) : world_(world) {}
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  /// Starts an actor from a function or function object, as `caf::actor_system::spawn` does, and
  /// returns the same handle. What it does before its first message is done at once. Throws
  /// `refused` for actors that block, for more than 26, and if a handler calls it.
  template <class Function, class... Arguments>
  requires(!std::derived_from<Function, caf::abstract_actor>)
    caf::infer_handle_from_fun_t<Function> spawn(std::string name, Function function,
                                                 Arguments&&... arguments) {
    using actor = caf::infer_impl_from_fun_t<Function>;
    caf::actor_config config;
    config.init_fun = caf::detail::init_fun_factory<actor, Function>{}(
      std::move(function), std::forward<Arguments>(arguments)...);
    return start<actor>(std::move(name), config);
  }

  /// Starts an actor of a class.
  template <std::derived_from<caf::abstract_actor> Class, class... Arguments>
  caf::infer_handle_from_class_t<Class> spawn(std::string name, Arguments&&... arguments) {
    caf::actor_config config;
    return start<Class>(std::move(name), config, std::forward<Arguments>(arguments)...);
  }

  /// Lets all messages be handled, and what follows from them, until none is left. Does not return
  /// if somebody fails, or waits for a reply that will not come.
  ///
  /// Who needs it has something to do afterwards: to look, to ask, or to go on with a second act.
  /// Else it happens when the scenario has returned.
  void perform();

  /// Asks an actor when no message is on its way, and returns its answer: one more order is no
  /// different. Throws `std::runtime_error` if the answer is an error, or never comes.
  template <class Answer, class Handle, class... Content>
  Answer ask(const Handle& actor, Content&&... content) {
    auto reply = reply_of(caf::actor_cast<caf::strong_actor_ptr>(actor),
                          caf::make_message(std::forward<Content>(content)...));
    return reply.template get_as<Answer>(0);
  }

  /// Makes a value that handlers write and checks read; it lives as long as the stage. Handlers do
  /// not talk through it.
  ///
  /// Keep apart what different actors write: a value that two of them change makes the order of all
  /// messages matter, and nothing can be left out. So does one without `std::hash`, unless it is a
  /// range or tuple of values that have one.
  template <class T, class... Arguments>
  T& observe(Arguments&&... arguments) {
    auto value = std::make_shared<T>(std::forward<Arguments>(arguments)...);
    T& it = *value;
    keep(std::move(value),
         [](const void* seen) { return fingerprint(*static_cast<const T*>(seen)); });
    return it;
  }

  /// Says what must hold after each message. `holds` may look at observed values only.
  void invariant(std::string otherwise, std::function<bool()> holds);

  /// Says what must hold when no message is left and nobody waits for a reply. `holds` may look at
  /// observed values only.
  void finally(std::string otherwise, std::function<bool()> holds);

  /// The same for more than one thing: `check` says with `ensure()` what must hold.
  void finally(std::function<void()> check);

  /// Says that the caller, a handler, has got on: circles with it are no livelocks.
  void progress();

private:
  template <class Actor, class... Arguments>
  auto start(std::string name, caf::actor_config& config, Arguments&&... arguments)
    -> caf::infer_handle_from_class_t<Actor> {
    if constexpr (!std::derived_from<Actor, caf::scheduled_actor>) {
      throw refused(name + " is an actor that blocks, on a thread of its own");
    } else {
      int number = enter(std::move(name), config);
      auto handle = system().spawn_impl<explored<Actor>, caf::no_spawn_options>(
        config, mail(), number, std::forward<Arguments>(arguments)...);
      auto* self = caf::actor_cast<caf::abstract_actor*>(handle);
      begin(number, caf::actor_cast<caf::strong_actor_ptr>(handle),
            static_cast<explored<Actor>&>(*self));
      return handle;
    }
  }

  int enter(std::string name, caf::actor_config& config);
  void begin(int number, caf::strong_actor_ptr handle, performer& actor);
  caf::message reply_of(const caf::strong_actor_ptr& actor, caf::message content);
  void keep(std::shared_ptr<void> value, imprint (*imprint_of)(const void*));
  caf::actor_system& system();
  post_office& mail();

  actor_world& world_;
};

/// Returns the state of an actor on a stage that has not ended, for a check at the end.
template <class State, class... Signatures>
const State& state_of(const caf::typed_actor<Signatures...>& handle) {
  using actor = typename caf::typed_actor<Signatures...>::template stateful_base<State>;
  return dynamic_cast<actor&>(*caf::actor_cast<caf::abstract_actor*>(handle)).state;
}

} // namespace mailroom::explore
