#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mailroom/caf.hpp"
#include "mailroom/compare/context.hpp"
#include "mailroom/explore/stage.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/messaging/send_after.hpp"
#include "mailroom/system.hpp"

namespace mailroom::compare {

/// Does something when an actor has hesitated for that long. If that is 0, as it is on a stage, it
/// still does so in a message to itself, so others may come first. The actor must have no other
/// behaviour meanwhile, and has none afterwards.
inline void hesitate(caf::event_based_actor* self, std::chrono::nanoseconds time,
                     std::function<void()> then) {
  self->become([self, then = std::move(then)](done_atom) {
    self->unbecome();
    then();
  });
  send_after(self, time, done_atom_v);
}

/// The same, but at once if the time is 0: where it makes no difference who comes first meanwhile.
inline void pause(caf::event_based_actor* self, std::chrono::nanoseconds time,
                  const std::function<void()>& then) {
  if (time.count() == 0)
    then();
  else
    hesitate(self, time, then);
}

/// The actors of a version of a story: the same code plays in a real system when it is run, and on
/// an explorer's stage when every order of its messages is looked at.
///
/// Spawn all, `perform()`, then ask what came of it. Not for actors that block, and not for threads
/// that ask: clients are actors, too. In an exploration, handlers must not talk through variables;
/// what they tell the version goes into what `observe()` returns. Belongs to the thread that runs
/// the version, and lives as long as the run.
class troupe {
public:
  explicit troupe(context& ctx) : ctx_(ctx) {}
  troupe(const troupe&) = delete;
  troupe& operator=(const troupe&) = delete;

  /// Starts an actor that serves others, and for whose end nobody waits. Takes what
  /// `caf::actor_system::spawn` does, and returns the same handle.
  template <class Function, class... Arguments>
  caf::infer_handle_from_fun_t<Function> spawn(std::string name, Function function,
                                               Arguments&&... arguments) {
    if (auto* stage = ctx_.stage())
      return stage->spawn(std::move(name), std::move(function),
                          std::forward<Arguments>(arguments)...);
    return ctx_.actors().spawn(std::move(function), std::forward<Arguments>(arguments)...);
  }

  /// Starts an actor that takes part: it has a column of that name, and it ends by itself.
  template <class Function, class... Arguments>
  caf::infer_handle_from_fun_t<Function> send_in(std::string name, Function function,
                                                 Arguments&&... arguments) {
    add_column(name);
    auto handle =
      spawn(std::move(name), std::move(function), std::forward<Arguments>(arguments)...);
    if (!ctx_.stage())
      on_stage_.push_back(caf::actor_cast<caf::actor>(handle));
    return handle;
  }

  /// Waits until all who take part have ended; on an explorer's stage, until no message is left.
  /// Throws `stuck` if they do not in time. Others may be sent in afterwards, for a second act.
  void perform() {
    if (auto* stage = ctx_.stage())
      return stage->perform();
    ctx_.await(std::exchange(on_stage_, {}));
  }

  /// Asks an actor after the performance. Throws as `mailroom::ask` does.
  template <class Answer, class Handle, class... Content>
  Answer ask(const Handle& actor, Content&&... content) {
    if (auto* stage = ctx_.stage())
      return stage->template ask<Answer>(actor, std::forward<Content>(content)...);
    constexpr std::chrono::seconds limit{10}; // nobody has anything else to do
    return mailroom::ask<Answer>(ctx_.actors(), actor, limit, std::forward<Content>(content)...);
  }

  /// Makes a value that one actor writes and the version reads after the performance.
  template <class T, class... Arguments>
  T& observe(Arguments&&... arguments) {
    if (auto* stage = ctx_.stage())
      return stage->template observe<T>(std::forward<Arguments>(arguments)...);
    auto value = std::make_shared<T>(std::forward<Arguments>(arguments)...);
    T& it = *value;
    ctx_.keep(std::move(value)); // longer than the actors, also if they hang
    return it;
  }

private:
  void add_column(const std::string& name) {
    auto columns = ctx_.cast();
    if (std::find(columns.begin(), columns.end(), name) != columns.end())
      return;
    columns.push_back(name);
    ctx_.cast(std::move(columns));
  }

  context& ctx_;
  std::vector<caf::actor> on_stage_;
};

} // namespace mailroom::compare
