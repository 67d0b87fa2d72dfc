#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "mailroom/caf.hpp"
#include "mailroom/messaging/mailbox.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

namespace detail {

/// Calls a receiver, and keeps it: nobody else may.
class receiver_bell {
public:
  explicit receiver_bell(caf::actor receiver) : receiver_(std::move(receiver)) {}

  /// Returns whether it will come.
  bool ring() {
    visit visit;
    std::lock_guard lock{mutex_};
    if (receiver_)
      caf::anon_send(receiver_, get_atom_v);
    return static_cast<bool>(receiver_);
  }

  /// It has ended.
  void take_down() {
    caf::actor gone; // outside of the lock
    std::lock_guard lock{mutex_};
    std::swap(gone, receiver_);
  }

private:
  std::mutex mutex_;
  caf::actor receiver_; // guarded by mutex_
};

} // namespace detail

/// Starts an actor that calls `f(T)` for each message of a mailbox, one at a time, and ends when
/// the mailbox is closed and empty.
///
/// It lives until then, or until it is told to end or its system does, even if the handle is
/// dropped. So what threads and actors send to a mailbox reaches actors: `f` may send to any of
/// them. Several receivers of one mailbox share its messages. `f` should not block. If it throws,
/// the actor ends with CAF's error, as it does when it is told to; messages it has not begun stay
/// in the mailbox for the next receiver. An actor that sends to a bounded mailbox should use
/// `try_send`: others wait for its thread.
template <class T, std::copy_constructible F>
requires std::invocable<F&, T> caf::actor spawn_receiver(system& sys,
                                                         std::shared_ptr<mailbox<T>> box, F f) {
  auto receiver = [box = std::move(box),
                   f = std::move(f)](caf::event_based_actor* self) -> caf::behavior {
    auto bell = std::make_shared<detail::receiver_bell>(self);
    self->attach_functor([box, bell] {
      bell->take_down();
      box->when_ready([] { return false; }); // another one is to look for what this was called for
    });
    self->send(self, get_atom_v);
    return {[self, box, bell, f](get_atom) mutable {
      constexpr int at_once = 100; // then others have their turn
      for (int i = 0; i < at_once; ++i)
        if (auto message = box->try_receive()) {
          std::invoke(f, std::move(*message));
        } else if (box->closed() && box->size() == 0) {
          self->quit();
          return;
        } else {
          box->when_ready([bell] { return bell->ring(); });
          return;
        }
      self->send(self, get_atom_v);
    }};
  };
  return sys.spawn(std::move(receiver));
}

} // namespace mailroom
