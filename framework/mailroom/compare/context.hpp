#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "mailroom/compare/verdict.hpp"
#include "mailroom/sync/watch.hpp"
#include "mailroom/trace/timeline.hpp"

namespace caf {
class actor;
}

namespace mailroom {
class system;
}

namespace mailroom::explore {
class stage;
}

namespace mailroom::compare {

/// Ends a run that does not get on. The runner turns it into its verdict.
class stuck : public std::runtime_error {
public:
  stuck(verdict v, const std::string& why) : std::runtime_error(why), kind(v) {}
  verdict kind;
};

/// Somebody who takes part in a run: a name for the columns, and what it does.
struct worker {
  std::string name;
  std::function<void()> run;
};

/// What is the same for all versions of a story in one run.
struct settings {
  int workers = 0;        ///< 0: the story's own number
  std::uint64_t seed = 1; ///< for everything random
  double scale = 0.1;     ///< real seconds per second of the story
  std::map<std::string, std::int64_t, std::less<>> numbers{}; ///< the story's own parameters
  /// Real time after which a run counts as hung. Only a backstop: a deadlock is found at once.
  std::chrono::milliseconds limit{60'000};
};

/// What a version of a story runs with: its numbers, its workers, its actors, and the clock.
///
/// Made by the runner, one per run; it lives as long as the run. Members may be called by any
/// thread, but `cast()`, `together()`, `actors()` and `await()` belong to the one that runs the
/// version.
class context {
public:
  /// @param stage where the actors of a `troupe` play, if all orders of their messages are
  /// explored.
  explicit context(settings s, explore::stage* stage = nullptr);
  ~context();
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  int workers() const noexcept { return settings_.workers; }
  std::uint64_t seed() const noexcept { return settings_.seed; }

  /// Returns one of the story's own numbers. Throws `std::out_of_range` if the story has none of
  /// that name.
  std::int64_t number(std::string_view name) const;

  /// Returns how long `story_time` lasts in reality.
  std::chrono::nanoseconds scaled(std::chrono::duration<double> story_time) const;

  /// Returns the same for somebody who only hesitates: nothing on a stage, where every order of
  /// messages is looked at anyway.
  std::chrono::nanoseconds hesitation(std::chrono::duration<double> story_time) const;

  /// Returns how long `real_time` is in the story, in seconds.
  double story_seconds(std::chrono::nanoseconds real_time) const;

  /// Notes in the columns what somebody does.
  void note(std::string who, std::string what) { timeline_.note(std::move(who), std::move(what)); }

  /// Names those who take part, in the order of their columns. `together()` does it for its
  /// workers.
  void cast(std::vector<std::string> names) { cast_ = std::move(names); }

  const std::vector<std::string>& cast() const noexcept { return cast_; }
  const trace::timeline& timeline() const noexcept { return timeline_; }

  // -- workers --------------------------------------------------------------------------------------

  /// Returns where actors are explored; null in a real run.
  explore::stage* stage() const noexcept { return stage_; }

  /// Runs all workers, each on a thread of its own, and returns when all have ended. None starts
  /// before all are there. Throws `stuck` if they deadlock or are not done in time, and else
  /// what the first failing worker threw. In an exploration, the threads are those of its world.
  void together(std::vector<worker> workers);

  /// Returns the actor system of this run, started at the first call and stopped after the run.
  system& actors();

  /// Waits until all of `actors` have ended. Throws `stuck` if they do not in time.
  void await(const std::vector<caf::actor>& actors);

  /// Keeps something that actors use until they are gone.
  void keep(std::shared_ptr<void> value) { kept_.push_back(std::move(value)); }

  /// Looks again and again until `holds` returns true: for what can be seen, but not waited for,
  /// like the state of a thread. Returns false if it still does not when the time of the run is up.
  bool eventually(const std::function<bool()>& holds) const;

private:
  settings settings_;
  explore::stage* stage_;
  sync::watch::clock::time_point limit_;
  trace::timeline timeline_;
  std::vector<std::string> cast_;
  std::vector<std::shared_ptr<void>> kept_;
  std::unique_ptr<system> system_;
};

} // namespace mailroom::compare
