#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/caf.hpp"
#include "mailroom/system.hpp"

namespace mailroom::test {

using errand = std::function<void(caf::event_based_actor*)>;

} // namespace mailroom::test

MAILROOM_LOCAL_MESSAGE(mailroom::test::errand)

namespace mailroom::test {

using lines = std::vector<std::string>;

inline std::string shown(bool answer) {
  return answer ? "yes" : "no";
}
inline std::string shown(done_atom) {
  return "done";
}
inline std::string shown(const std::string& answer) {
  return answer;
}
template <class Number>
std::string shown(Number answer) {
  return std::to_string(answer);
}
template <class T>
std::string shown(const std::optional<T>& answer) {
  return answer ? shown(*answer) : "nothing";
}

inline std::string shown(const caf::error& e) {
  if (e.category() == caf::atom("system"))
    return to_string(static_cast<caf::sec>(e.code()));
  return e ? "error " + std::to_string(e.code()) : "no error";
}

/// A system in which everything happens when told to, and clients whose answers are written down.
class by_hand {
public:
  mailroom::system sys{{.scheduler = scheduling::manual}};
  lines log;

  /// An actor that lives until it is told to end, even if nobody keeps its handle.
  caf::actor client() {
    return clients_.emplace_back(sys.spawn([](caf::event_based_actor* self) -> caf::behavior {
      return {[self](const errand& run) { run(self); }};
    }));
  }

  /// Lets a client ask. Its answer is logged as "NAME: ANSWER", an error by its name.
  template <class Answer, class Handle, class... Content>
  void ask(const caf::actor& who, const std::string& name, const Handle& target,
           Content... content) {
    caf::anon_send(
      who, errand{[=, this](caf::event_based_actor* self) {
        auto fail = [=, this](const caf::error& e) { log.push_back(name + ": " + shown(e)); };
        auto asked = self->request(target, caf::infinite, content...);
        if constexpr (std::is_void_v<Answer>)
          asked.then([=, this] { log.push_back(name + ": done"); }, fail);
        else
          asked.then([=, this](const Answer& a) { log.push_back(name + ": " + shown(a)); }, fail);
      }});
    sys.run_all();
  }

  /// Lets a new client ask, which is returned.
  template <class Answer, class Handle, class... Content>
  caf::actor ask(const std::string& name, const Handle& target, Content... content) {
    auto who = client();
    ask<Answer>(who, name, target, content...);
    return who;
  }

  /// Sends a message that nobody asks about.
  template <class Handle, class... Content>
  void tell(const Handle& target, Content... content) {
    caf::anon_send(target, content...);
    sys.run_all();
  }

  template <class Handle>
  void end(const Handle& who) {
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    sys.run_all();
  }

  /// Returns why an actor has ended; "no error" if it lives.
  template <class Handle>
  std::string why_ended(const Handle& who) {
    caf::error reason;
    auto watching = sys.spawn([&](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([&reason](caf::down_msg& gone) { reason = gone.reason; });
      self->monitor(who);
      return {[](done_atom) {}};
    });
    sys.run_all();
    end(watching);
    return shown(reason);
  }

  /// Returns how many delayed messages and timeouts are on their way.
  std::size_t alarms() {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(sys.caf().scheduler());
    return scheduler.clock().schedule().size();
  }

  lines taken() { return std::exchange(log, {}); }

private:
  std::vector<caf::actor> clients_;
};

} // namespace mailroom::test
