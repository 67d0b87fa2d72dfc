#pragma once

#include <chrono>
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

/// A system in which everything happens when told to, and clients whose answers are written down.
class by_hand {
public:
  mailroom::system sys{{.scheduler = scheduling::manual}};
  lines log;

  /// An actor that lives until it is told to end.
  caf::actor client() {
    return sys.spawn([](caf::event_based_actor* self) -> caf::behavior {
      return {[self](const errand& run) { run(self); }};
    });
  }

  /// Lets a client ask. Its answer is logged as "NAME: ANSWER", an error as "NAME: error".
  template <class Answer, class Handle, class... Content>
  void ask(const caf::actor& who, const std::string& name, const Handle& target,
           Content... content) {
    caf::anon_send(
      who, errand{[=, this](caf::event_based_actor* self) {
        auto fail = [=, this](caf::error&) { log.push_back(name + ": error"); };
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

  template <class Handle>
  void end(const Handle& who) {
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    sys.run_all();
  }

  lines taken() { return std::exchange(log, {}); }
};

} // namespace mailroom::test
