#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "mailroom/caf.hpp"
#include "mailroom/future/spinlock.hpp"
#include "mailroom/messaging/child.hpp"

namespace mailroom::detail {

class supervised_place;

/// Keeps a place.
class supervised_place_ptr {
public:
  explicit supervised_place_ptr(caf::strong_actor_ptr place = nullptr) : place_(std::move(place)) {}
  explicit operator bool() const noexcept { return static_cast<bool>(place_); }
  supervised_place* operator->() const noexcept;
  const caf::strong_actor_ptr& address() const noexcept { return place_; }

private:
  caf::strong_actor_ptr place_;
};

/// The address of an actor that may be started anew, and its mail while there is none.
///
/// Others send to it, watch it, link to it. It is no hop: who sends puts the message into the
/// mailbox of the actor of the moment.
class supervised_place final : public caf::monitorable_actor {
public:
  using mail = std::vector<caf::mailbox_element_ptr>;
  /// Starts an actor in a place, perhaps with a thread of its own.
  using starter = std::function<caf::strong_actor_ptr(supervised_place_ptr, bool own_thread)>;

  enum class order { none, halt, end };

  explicit supervised_place(caf::actor_config& config) : monitorable_actor(config) {}

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* on) override;
  void on_destroy() override;

  // -- for the actor of the moment ------------------------------------------------------------------

  /// Says that it is there. It may end before `begin`.
  void enter(caf::actor_id who) noexcept;

  /// Sends it no more mail.
  void vacate(caf::actor_id who) noexcept;

  /// Takes back what it has not read, and reports why it has ended. `what` it has thrown may be
  /// null.
  void leave(caf::actor_id who, mail unread, const caf::error& why, std::exception_ptr what);

  // -- for the supervisor -----------------------------------------------------------------------------

  void report_to(child_report to) { report_.emplace(std::move(to)); }

  /// Sends it what has been kept, and what comes.
  void begin(caf::strong_actor_ptr now);

  /// Tells it to end, and notes what for.
  void dismiss(order why);

  /// Goes on as if it had ended.
  void abandon();

private:
  void close(caf::error why);

  spinlock lock_;
  caf::actor_id who_ = caf::invalid_actor_id; // whose place it is; guarded by lock_, as all below
  caf::strong_actor_ptr now_;                 // who has the mail
  std::deque<caf::mailbox_element_ptr> kept_; // as long as nobody has
  order order_ = order::none;
  bool closed_ = false;

  std::optional<child_report> report_; // before any actor
};

inline supervised_place* supervised_place_ptr::operator->() const noexcept {
  return static_cast<supervised_place*>(place_->get());
}

/// An actor as a child of a supervisor.
class actor_child final : public child {
public:
  actor_child(caf::actor_system& sys, supervised_place::starter start, bool own_thread);

  /// Returns the address for others.
  const caf::strong_actor_ptr& address() const noexcept { return place_.address(); }

  void report_to(child_report to) override { place_->report_to(std::move(to)); }
  void start() override { place_->begin(start_(place_, own_thread_)); }
  void halt() noexcept override { place_->dismiss(supervised_place::order::halt); }
  void end() noexcept override { place_->dismiss(supervised_place::order::end); }
  bool abandon() noexcept override;

private:
  supervised_place::starter start_;
  bool own_thread_;
  supervised_place_ptr place_;
};

/// Takes what an actor has not read, but for what was part of its state: answers to it, its
/// timeouts, what it has sent itself, and news of those it watched.
supervised_place::mail take_unread(caf::scheduled_actor& from);

/// Any actor, in a place: when it ends, its mail stays there.
template <class Actor>
class supervised_actor final : public Actor {
public:
  template <class... Arguments>
  supervised_actor(caf::actor_config& config, supervised_place_ptr place, Arguments&&... arguments)
    : Actor(config, std::forward<Arguments>(arguments)...), place_(std::move(place)) {
    this->set_exception_handler([this](std::exception_ptr& what) -> caf::error {
      what_ = what; // for the supervisor; CAF would print it
      return caf::sec::runtime_error;
    });
    place_->enter(this->id());
  }

  bool cleanup(caf::error&& why, caf::execution_unit* on) override {
    if (auto place = std::exchange(place_, supervised_place_ptr())) {
      place->vacate(this->id());
      auto unread = take_unread(*this);
      auto reason = why;
      bool first = Actor::cleanup(std::move(why), on);
      place->leave(this->id(), std::move(unread), reason, std::exchange(what_, nullptr));
      return first;
    }
    return Actor::cleanup(std::move(why), on);
  }

private:
  supervised_place_ptr place_;
  std::exception_ptr what_; // it has thrown
};

/// Starts an actor of a class in a place.
template <class Actor, class... Arguments>
caf::strong_actor_ptr start_in(supervised_place_ptr place, bool own_thread,
                               caf::actor_config config, const Arguments&... arguments) {
  auto& sys = place->home_system();
  auto start = [&]<caf::spawn_options Options>() {
    return caf::actor_cast<caf::strong_actor_ptr>(
      sys.spawn_class<supervised_actor<Actor>, Options>(config, std::move(place), arguments...));
  };
  return own_thread ? start.template operator()<caf::detached>()
                    : start.template operator()<caf::no_spawn_options>();
}

/// Returns how to start an actor that a function makes.
template <class F, class... Arguments>
supervised_place::starter starter_of_function(F f, Arguments... arguments) {
  using actor = caf::infer_impl_from_fun_t<F>;
  static_assert(std::is_base_of_v<caf::scheduled_actor, actor>,
                "a supervisor can keep the mail of event-based actors only");
  return [=](supervised_place_ptr place, bool own_thread) {
    caf::actor_config config;
    auto f_of_this_start = f;
    config.init_fun =
      caf::detail::init_fun_factory<actor, F>{}(std::move(f_of_this_start), arguments...);
    return start_in<actor>(std::move(place), own_thread, std::move(config));
  };
}

} // namespace mailroom::detail
