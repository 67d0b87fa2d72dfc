#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <span>

#include "mailroom/messaging/agent_core.hpp"

namespace mailroom::detail {

/// Gets the right to run several agents at once.
///
/// It takes them one after the other, everybody in the same order, so that no two transactions wait
/// for each other. Where an agent is busy, it leaves a message and goes on when its turn has come:
/// no thread waits. It lives until it has left them all.
class transaction_core : public wait_node, public holder {
public:
  /// A place in the queue of an agent.
  class seat final : public operation {
  public:
    void run(agent_core& on) noexcept override { on.hold_for(*of); }
    void drop(const std::exception_ptr& why) noexcept override { of->abandon(why); }

    agent_core* at = nullptr;
    transaction_core* of = nullptr;
  };

  /// The turn of the next seat has come. Leaves all agents if the transaction has ended.
  agent_core* proceed() noexcept override;

  std::string_view name() const noexcept override { return "a transaction"; }

protected:
  /// `seats` are in the order of all transactions; the first `taken` are taken already.
  void begin(std::span<seat> seats, std::size_t taken) noexcept;

  ~transaction_core() = default;

private:
  /// Does what it is for. All agents are taken.
  virtual void perform() noexcept = 0;

  /// It will not be done: cancelled, if there is no reason.
  virtual void fail(const std::exception_ptr& why) noexcept = 0;

  /// It has ended. May destroy it.
  virtual void end() noexcept = 0;

  bool take_rest();
  void abandon(const std::exception_ptr& why) noexcept;
  agent_core* conclude(bool all, const std::exception_ptr& why) noexcept;

  std::span<seat> seats_;
  std::size_t taken_ = 0;
  std::optional<wait_note> others_wait_; // those taken, for this
  std::optional<wait_note> waits_;       // this, for the next one
};

} // namespace mailroom::detail
