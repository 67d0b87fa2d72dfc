#include "mailroom/executor/call.hpp"

namespace mailroom::detail {

namespace {

/// From a worker to the actor that was asked.
struct answered {
  caf::response_promise promise;
  call::answer answer;
};

} // namespace

} // namespace mailroom::detail

MAILROOM_LOCAL_MESSAGE(mailroom::detail::answered)

namespace mailroom::detail {

namespace {

caf::behavior front(caf::event_based_actor* self, core_ptr core) {
  return {
    [self, core](call& c) {
      auto promise = self->make_response_promise();
      auto me = caf::actor_cast<caf::actor>(self);
      try {
        c.begin(core, [me, promise](call::answer answer) {
          caf::anon_send(me, answered{promise, std::move(answer)});
        });
      } catch (...) {
        promise.deliver(
          caf::make_error(caf::sec::runtime_error, describe(std::current_exception())));
      }
    },
    [](answered& a) { a.answer(a.promise); },
    [self](done_atom) { self->quit(); },
  };
}

} // namespace

caf::actor spawn_front(system& sys, core_ptr core) {
  return sys.spawn(front, std::move(core));
}

} // namespace mailroom::detail
