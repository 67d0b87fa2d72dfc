#pragma once

#include <exception>
#include <utility>
#include <vector>

#include "mailroom/caf.hpp"

namespace mailroom::explore {

/// Where explored actors hand in their mail, and what goes wrong with them.
class post_office {
public:
  /// Takes a message that somebody has sent to actor number `receiver`.
  virtual void post(int receiver, caf::mailbox_element_ptr message) = 0;

  /// Hears that actor number `who` has thrown.
  virtual void threw(int who, const std::exception_ptr& what) = 0;

  /// Hears that actor number `who` has no handler for `message`.
  virtual void unexpected(int who, const caf::type_erased_tuple& message) = 0;

protected:
  ~post_office() = default;
};

/// What an exploration does with an actor, whatever its type.
class performer {
public:
  /// Puts a message into its mailbox.
  virtual void receive(caf::mailbox_element_ptr message) = 0;

  /// Ends it at once. To kill it by a message is not enough: who awaits a reply skips even that.
  virtual void put_down() = 0;

  /// Returns the replies it waits for.
  virtual std::vector<caf::message_id> awaited() const = 0;

protected:
  ~performer() = default;
};

/// An actor as `Base` says, whose mail goes through the hands of an explorer.
///
/// What CAF would print and forget is reported: exceptions, and messages without a handler.
/// Handlers that the actor sets for them itself are left alone. Used by the thread that explores;
/// mail from other threads is for the post office to refuse.
template <class Base>
class explored : public Base, public performer {
public:
  template <class... Arguments>
  explored(caf::actor_config& config, post_office& mail, int number, Arguments&&... arguments)
    : Base(config, std::forward<Arguments>(arguments)...), mail_(mail), number_(number) {
    using self = caf::scheduled_actor;
    // Base may have set its own in its constructor.
    if (is(this->exception_handler_, &self::default_exception_handler))
      this->set_exception_handler([this](self*, std::exception_ptr& what) -> caf::error {
        mail_.threw(number_, what);
        return caf::sec::runtime_error;
      });
    if (is(this->default_handler_, &caf::print_and_drop))
      this->set_default_handler([this](self*, caf::message_view& m) -> caf::result<caf::message> {
        mail_.unexpected(number_, m.content());
        return caf::sec::unexpected_message;
      });
  }

  using caf::abstract_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit*) override {
    mail_.post(number_, std::move(message));
  }

  void receive(caf::mailbox_element_ptr message) override {
    // CAF keeps the timeout of a request whose reply is there, and ignores it later: a step more in
    // every order, for nothing.
    if (message->mid.is_response())
      this->clock().cancel_request_timeout(this, message->mid);
    Base::enqueue(std::move(message), nullptr);
  }

  void put_down() override {
    this->context(this->home_system().dummy_execution_unit());
    this->quit(caf::exit_reason::kill);
    this->finalize();
  }

  std::vector<caf::message_id> awaited() const override {
    std::vector<caf::message_id> ids;
    for (auto& [id, handler] : this->awaited_responses_)
      ids.push_back(id);
    for (auto& [id, handler] : this->multiplexed_responses_)
      ids.push_back(id);
    return ids;
  }

private:
  template <class Handler, class Result, class... Parameters>
  static bool is(const Handler& handler, Result (*function)(Parameters...)) {
    auto* target = handler.template target<Result (*)(Parameters...)>();
    return target && *target == function;
  }

  post_office& mail_;
  const int number_;
};

} // namespace mailroom::explore
