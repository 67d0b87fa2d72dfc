#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <utility>

#include "mailroom/caf.hpp"
#include "mailroom/messaging/mailbox.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

/// Starts an actor that calls `f(T)` for each message of a mailbox, one at a time, and ends when
/// the mailbox is closed and empty.
///
/// So what threads and actors send to a mailbox reaches actors: `f` may send to any of them.
/// Several receivers of one mailbox share its messages. `f` should not block. If it throws, the
/// actor ends with CAF's error, as it does when it is told to; messages it has not begun stay in
/// the mailbox for the next receiver. An actor that sends to a bounded mailbox should use
/// `try_send`: others wait for its thread.
template <class T, std::copy_constructible F>
requires std::invocable<F&, T> caf::actor spawn_receiver(system& sys,
                                                         std::shared_ptr<mailbox<T>> box, F f) {
  auto receiver = [box = std::move(box),
                   f = std::move(f)](caf::event_based_actor* self) -> caf::behavior {
    // If it ends before its time, another receiver is to look for what it was called for.
    self->attach_functor([box] { box->when_ready([] { return false; }); });
    self->send(self, get_atom_v);
    return {[self, box, f](get_atom) mutable {
      constexpr int at_once = 100; // then others have their turn
      for (int i = 0; i < at_once; ++i)
        if (auto message = box->try_receive()) {
          std::invoke(f, std::move(*message));
        } else if (box->closed() && box->size() == 0) {
          self->quit();
          return;
        } else {
          // Does not keep the actor: there may never be another message.
          box->when_ready([me = caf::actor_cast<caf::actor_addr>(self)] {
            detail::visit visit;
            auto lives = caf::actor_cast<caf::actor>(me);
            if (lives)
              caf::anon_send(lives, get_atom_v);
            return static_cast<bool>(lives);
          });
          return;
        }
      self->send(self, get_atom_v);
    }};
  };
  return sys.spawn(std::move(receiver));
}

} // namespace mailroom
