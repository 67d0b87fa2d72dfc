#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mailroom/caf.hpp"
#include "mailroom/error.hpp"
#include "mailroom/messaging/retry.hpp"
#include "mailroom/system.hpp"

namespace mailroom {

/// Sends a message from an ordinary thread, waits for the answer, and returns it.
///
/// For threads only: an actor that waits here blocks a thread of the scheduler; actors use
/// `self->request(...)`. Throws `timeout_error` when no answer came in time, and `system_error`
/// when the actor is gone, does not know the message, or answered with an error.
template <class Answer, class Handle, class... Content>
Answer ask(system& sys, const Handle& actor, std::chrono::milliseconds timeout,
           Content&&... content) {
  detail::visit visit;
  caf::scoped_actor self{sys.caf()};
  caf::error failure;
  auto fail = [&](caf::error& e) { failure = std::move(e); };
  auto response = self->request(actor, timeout, std::forward<Content>(content)...);
  std::optional<std::conditional_t<std::is_void_v<Answer>, bool, Answer>> answer;
  if constexpr (std::is_void_v<Answer>)
    response.receive([&] { answer = true; }, fail);
  else
    response.receive([&](Answer a) { answer = std::move(a); }, fail);
  if (!answer) {
    if (failure == caf::sec::request_timeout)
      throw timeout_error("no answer within " + std::to_string(timeout.count()) + " ms");
    throw system_error("no answer: " + sys.caf().render(failure));
  }
  if constexpr (!std::is_void_v<Answer>)
    return std::move(*answer);
}

/// For how long, and how often, to ask.
struct ask_options {
  std::chrono::milliseconds timeout{1000}; ///< for one answer
  retry_options retry{};                   ///< by default, what is tried again is a timeout
};

/// Asks again, with the same content, while `options.retry` has it so; else like the one above. The
/// timeout of the retry cuts that of the last question short.
///
/// An answer that comes too late may mean that the question was heard: it is asked at least once,
/// not exactly once. Ask only for what may be done twice, or let the content carry a number by
/// which the actor knows what it has done. Throws what the last attempt did, `cancelled_error` when
/// it is told to stop, and `std::invalid_argument` for wrong options.
template <class Answer, class Handle, class... Content>
Answer ask(system& sys, const Handle& actor, const ask_options& options,
           const Content&... content) {
  return retry(options.retry, [&](const attempt& a) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(a.left);
    return ask<Answer>(sys, actor, std::min(options.timeout, left), content...);
  });
}

/// Waits until all of `actors` have ended, at most until `limit`. Returns how many still live.
std::size_t await_end(system& sys, const std::vector<caf::actor>& actors,
                      std::chrono::steady_clock::time_point limit);

} // namespace mailroom
