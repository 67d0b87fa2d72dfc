#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "mailroom/caf.hpp"
#include "mailroom/executor/executor.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

/// A message that asks an actor pool to call something: `self->request(pool.actor(), timeout,
/// call{f})`. The answer is what `f` returns, which has to be something CAF can send; nothing for
/// void. If it throws, the answer is the error `caf::sec::runtime_error` with the text of the
/// exception.
///
/// `f` has to be copyable, as all messages are; it runs once, on a worker of the pool. A request
/// that times out does not stop it.
class call {
public:
  /// Answers a request. Only for the actor that was asked: CAF's promises belong to it.
  using answer = std::function<void(caf::response_promise&)>;
  /// Hands the answer to that actor, from any thread.
  using teller = std::function<void(answer)>;

  template <class F>
  requires(task_function<F> && !std::same_as<std::decay_t<F>, call>) explicit call(F f)
    : begin_([f = std::move(f)](const detail::core_ptr& core, teller tell) {
        detail::submit_bound(core, nullptr, F(f))
          .add_done_callback([tell = std::move(tell)](const auto& done) {
            tell([done](caf::response_promise& promise) { deliver(done, promise); });
          });
      }) {}

  /// For the pool.
  void begin(const detail::core_ptr& core, teller tell) const { begin_(core, std::move(tell)); }

private:
  template <class R>
  static void deliver(const future<R>& done, caf::response_promise& promise) {
    if (done.cancelled())
      promise.deliver(caf::make_error(caf::sec::runtime_error, "the task was cancelled"));
    else if (auto why = done.exception())
      promise.deliver(caf::make_error(caf::sec::runtime_error, describe(why)));
    else if constexpr (std::is_void_v<R>)
      promise.deliver(caf::unit);
    else
      promise.deliver(done.get());
  }

  std::function<void(const detail::core_ptr&, teller)> begin_;
};

} // namespace mailroom

MAILROOM_LOCAL_MESSAGE(mailroom::call)

namespace mailroom::detail {

/// Starts the actor that submits calls to an executor, until it is told `done`.
caf::actor spawn_front(system& sys, core_ptr core);

} // namespace mailroom::detail
