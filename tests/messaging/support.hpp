#pragma once

#include <memory>

#include "executor/support.hpp"
#include "mailroom/messaging/agent.hpp"

namespace mailroom::test {

/// Keeps an agent busy until it is destroyed or told to let go.
template <class T>
class occupation {
public:
  explicit occupation(agent<T>& a) {
    a.tell([g = gates_](T&) {
      g->begun.open();
      g->free.pass();
    });
    gates_->begun.pass();
  }
  ~occupation() { end(); }
  void end() { gates_->free.open(); }

private:
  struct gates {
    gate begun;
    gate free;
  };
  std::shared_ptr<gates> gates_ = std::make_shared<gates>(); // the agent's, too
};

} // namespace mailroom::test
