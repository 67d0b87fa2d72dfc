#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "mailroom/future/promise.hpp"
#include "mailroom/messaging/supervisor.hpp"

namespace mailroom::detail {

/// What a supervisor and its actor share. Children have numbers, in the order of their start.
class supervision {
public:
  using id = std::uint64_t;

  std::mutex mutex;
  std::map<id, std::unique_ptr<child>> children; // guarded by mutex, as those below
  std::map<id, child_status> statuses;           // of those that have not ended
  id last = 0;
  bool closed = false; // takes no more

  promise<void> end;
  std::atomic<std::thread::id> thread{}; // that decides at the moment
};

/// The actor of a supervisor: decides in one place, one thing after the other.
class supervisor_actor final : public caf::event_based_actor {
public:
  using id = supervision::id;
  using command = std::function<void(supervisor_actor&)>;

  supervisor_actor(caf::actor_config& config, std::shared_ptr<supervision> shared,
                   supervisor_options options);

  const char* name() const override { return "supervisor"; }

  // -- commands of the user -----------------------------------------------------------------------

  void add(id number, child& c, child_options options);
  void stop();

  // -- reports of children ------------------------------------------------------------------------

  void failed(id number, const std::exception_ptr& what, const std::string& reason);
  void halted(id number);
  void ended(id number);

  // -- commands of the supervisor above -----------------------------------------------------------

  void report_to(child_report above) { above_.emplace(std::move(above)); }
  void restart_all();
  void halt_all();

protected:
  caf::behavior make_behavior() override;

private:
  using time_point = caf::actor_clock::time_point;
  using duration = std::chrono::nanoseconds;
  using kind = supervision_event::kind;

  enum class phase { running, halting, down, ending };

  struct entry {
    child* what;
    child_options options;
    phase now = phase::down;
    bool to_start = true; // when it is down, and the time has come:
    time_point not_before{};
    std::deque<time_point> failures{}; // within `options.within`
    int starts = 0;
    int told = 0; // how often to halt or to end
  };

  int count_failure(entry& e);
  directive decide(const entry& e, const child_failure& f);
  void restart(id number, const child_failure& f);
  void stop_those_concerned(id number, const child_failure& f);
  void escalate(const entry& e, const child_failure& f);
  bool concerns(id failed, id other) const noexcept;

  void progress();
  void start_those_ready();
  bool may_start(const entry& e) const;
  bool start(id number, entry& e);
  void halt_rest();
  void end_last();
  void finish();

  void halt(id number, entry& e);
  void end(id number, entry& e);
  void lose_patience_later(id number, entry& e);
  void lose_patience(id number, int told);
  void show(id number, const entry& e);
  void log(kind what, const entry& e, std::string reason = {}, int failures = 0,
           duration delay = {});
  time_point now() const { return home_system().clock().now(); }

  std::shared_ptr<supervision> shared_;
  const supervisor_options options_;
  std::mt19937_64 random_;
  std::map<id, entry> children_;
  std::optional<child_report> above_;
  bool held_ = false;      // all children are to be down until the one above has decided
  bool answering_ = false; // it waits for that
  bool stopping_ = false;
  bool flushed_ = false;   // and no more children come
  std::exception_ptr why_; // if it has given up
};

} // namespace mailroom::detail

MAILROOM_LOCAL_MESSAGE(mailroom::detail::supervisor_actor::command)
