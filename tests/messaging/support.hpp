#pragma once

#include "executor/support.hpp"
#include "mailroom/messaging/agent.hpp"

namespace mailroom::test {

/// Keeps an agent busy until it is destroyed or told to let go.
template <class T>
class occupation {
public:
  explicit occupation(agent<T>& a) {
    a.tell([this](T&) {
      begun_.open();
      free_.pass();
    });
    begun_.pass();
  }
  ~occupation() { free_.open(); }
  void end() { free_.open(); }

private:
  gate begun_;
  gate free_;
};

} // namespace mailroom::test
