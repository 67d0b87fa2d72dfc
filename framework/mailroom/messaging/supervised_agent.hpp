#pragma once

#include <exception>
#include <functional>
#include <mutex>
#include <type_traits>
#include <utility>

#include "mailroom/messaging/agent.hpp"
#include "mailroom/messaging/child.hpp"

namespace mailroom::detail {

/// An agent as a child of a supervisor: keeps the right to run it while it is out of service.
class agent_child : public child, public keeper {
public:
  void start() final;
  void halt() noexcept final { stop_for(false); }
  void end() noexcept final { stop_for(true); }
  bool in_use() const noexcept final { return true; } // whoever has started it has a reference

  void failed(const std::exception_ptr& what) noexcept final { failure_ = what; }
  agent_core* proceed() noexcept final;

protected:
  /// The agent is new, and in service.
  void look_after(agent_core& agent) noexcept;

private:
  /// Gives the agent a fresh state. Throws what making it does.
  virtual void renew() = 0;

  void stop_for(bool good) noexcept;
  void close() noexcept;

  agent_core* agent_ = nullptr;
  bool started_ = false;       // for the supervisor
  std::exception_ptr failure_; // for whoever has the right to run the agent

  std::mutex mutex_;
  bool held_ = false;   // guarded by mutex_, as below: this has the right to run it
  bool ending_ = false; // it is to end
};

/// The same with its agent, whose states `Make` makes.
template <class T, class Make>
class supervised_agent final : public agent_child {
public:
  supervised_agent(system& sys, Make make, agent_options options)
    : make_(std::move(make)), agent_(sys, std::invoke(make_), std::move(options)) {
    look_after(agent_.core());
  }

  agent<T>& get() noexcept { return agent_; }

private:
  void renew() override { agent_.core().renew(std::invoke(make_)); }

  Make make_;
  agent<T> agent_;
};

} // namespace mailroom::detail
