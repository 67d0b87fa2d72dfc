#pragma once

/// The one place that knows which CAF this is. Everything else includes this header and uses the
/// names below, so that another version of CAF is a change of this file.

#include <cstddef>
#include <string_view>

#include <caf/actor_pool.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/after.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/logger.hpp>
#include <caf/policy/unprofiled.hpp>
#include <caf/response_promise.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#if CAF_VERSION < 1706 || CAF_VERSION >= 1800
#  error "mailroom is written for CAF 0.17.6 and later 0.17 releases"
#endif

namespace mailroom {

// -- message contracts ------------------------------------------------------------------------------

namespace detail {

template <class Signature>
struct contract;

template <class... Content>
struct contract<void(Content...)> {
  using type = caf::reacts_to<Content...>;
};

template <class Answer, class... Content>
struct contract<Answer(Content...)> {
  using type = typename caf::replies_to<Content...>::template with<Answer>;
};

} // namespace detail

/// One message of a typed actor, written as a function: `accepts<bool(withdraw_atom, int)>`.
template <class Signature>
using accepts = typename detail::contract<Signature>::type;

/// Makes `NAME_atom`, a tag that says what a message is about, and its value `NAME_atom_v`. At most
/// ten letters.
#define MAILROOM_ATOM(NAME)                                                                        \
  using NAME##_atom = ::caf::atom_constant<::caf::atom(#NAME)>;                                    \
  inline constexpr NAME##_atom NAME##_atom_v {}

/// Lets values of TYPE travel in messages within this process. Use it outside of any namespace.
#define MAILROOM_LOCAL_MESSAGE(TYPE) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(TYPE)

// -- configuration ------------------------------------------------------------------------------------

namespace detail {

/// Chooses CAF's scheduler by the name of its policy.
inline void set_scheduler(caf::actor_system_config& config, std::string_view policy) {
  config.set("scheduler.policy", caf::atom_from_string({policy.data(), policy.size()}));
}

inline void set_threads(caf::actor_system_config& config, std::size_t threads) {
  config.set("scheduler.max-threads", threads);
}

/// Sets how many messages an actor handles before others have their turn. Unless told, CAF lets one
/// that always has mail keep its thread for ever.
inline void set_messages_at_once(caf::actor_system_config& config, std::size_t messages) {
  config.set("scheduler.max-throughput", messages);
}

} // namespace detail

// -- traps ------------------------------------------------------------------------------------------

namespace detail {

/// Lets an ordinary thread call CAF without leaving anything behind.
///
/// Whoever spawns or asks gets a thread-local reference on the system's logger, and CAF's actor
/// system waits in its destructor until all of them are gone: a thread that lives on hangs it.
class visit {
public:
  visit() : stranger_(caf::logger::current_logger() == nullptr) {}
  ~visit() {
    if (stranger_)
      caf::logger::set_current_actor_system(nullptr);
  }
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;

private:
  bool stranger_;
};

/// Lets a thread that runs actors do without CAF's logger.
///
/// Twice per actor that runs, CAF notes in a table of its logger which one it is, under a lock of
/// all threads: a quarter of what a message costs. If CAF was built without logging, nobody reads
/// it.
inline void forget_logger() {
#if CAF_LOG_LEVEL == CAF_LOG_LEVEL_QUIET
  if (caf::logger::current_logger())
    caf::logger::set_current_actor_system(nullptr);
#endif
}

} // namespace detail

// -- messages that many actors understand --------------------------------------------------------------

MAILROOM_ATOM(add);
MAILROOM_ATOM(get);
MAILROOM_ATOM(put);
MAILROOM_ATOM(done);

} // namespace mailroom
