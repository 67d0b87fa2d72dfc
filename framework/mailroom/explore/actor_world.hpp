#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "mailroom/caf.hpp"
#include "mailroom/explore/actor_messages.hpp"
#include "mailroom/explore/actor_scheduler.hpp"
#include "mailroom/explore/execution.hpp"
#include "mailroom/explore/explored.hpp"
#include "mailroom/explore/fingerprint.hpp"
#include "mailroom/explore/options.hpp"
#include "mailroom/explore/stage.hpp"

namespace mailroom::explore {

/// What the executions of one exploration share: one at a time.
struct actor_experiment {
  actor_experiment() { config.load<actor_scheduler>(); }

  caf::actor_system_config config; ///< to make it takes as long as a few executions
  /// Whether what is observed depends on the order of messages to different actors.
  bool order_matters = false;
};

/// Runs a scenario in an actor system of its own, of which somebody else chooses each message.
///
/// A message does not reach its receiver but joins a line here, in the order of sending: one line
/// per sender, or per sender and receiver. A step takes the first of a line to its receiver and
/// lets it handle it to the end. The clock is one more sender, whose alarms are steps; else time
/// stands still. A system per execution: ids and all else are the same each time.
///
/// All happens on the thread that calls `run()`. Mail from others is dropped and refused.
class actor_world final : public execution,
                          public post_office,
                          public std::enable_shared_from_this<actor_world> {
public:
  struct demand {
    std::string otherwise;
    std::function<bool()> holds;
  };

  actor_world(std::function<void(stage&)> scenario, std::shared_ptr<actor_experiment> shared,
              const options& o, const recording& keep);

  ~actor_world() override;

  // -- what those who explore call ------------------------------------------------------------------

  void run(const chooser& next) override;
  ending end() const override { return end_; }
  std::string why() const override { return why_; }
  const std::vector<taken>& history() const override { return history_; }
  std::vector<std::string> cast() const override;
  std::string letters(const choice& c) const override;
  std::uint64_t state() const override;
  std::uint64_t progress() const override { return progress_; }

  // -- what the stage calls -------------------------------------------------------------------------

  caf::actor_system& system() { return *system_; }
  int enter(std::string name);
  void begin(int number, caf::strong_actor_ptr handle, performer& actor);
  void watch(std::shared_ptr<void> value, imprint (*imprint_of)(const void*));
  void demand_always(demand d) { always_.push_back(std::move(d)); }
  void demand_at_the_end(demand d) { at_the_end_.push_back(std::move(d)); }
  void progressed() { ++progress_; }
  void perform();
  caf::message reply_of(const caf::strong_actor_ptr& actor, caf::message content);

  // -- what the actors call -------------------------------------------------------------------------

  void post(int receiver, caf::mailbox_element_ptr message) override;
  void threw(int who, const std::exception_ptr& what) override;
  void unexpected(int who, const caf::type_erased_tuple& message) override;

private:
  static constexpr int outside = 0; // the scenario
  static constexpr int most_actors = 26;
  static constexpr int wide = 32; // lines per sender
  static constexpr int clock_line = wide * wide;

  struct member {
    std::string name;
    caf::strong_actor_ptr handle = {};
    performer* actor = nullptr;
  };

  struct letter {
    int from;
    int to;
    caf::mailbox_element_ptr message;
  };

  struct observed {
    std::shared_ptr<void> value;
    imprint (*imprint_of)(const void*);
    imprint last = {};
    int writer = outside;
  };

  void play();
  bool failed() const { return failed_ || !refusal_.empty(); }
  std::vector<choice> open() const;
  void take(const choice& c);
  bool deliver_next_of(int line);
  void settle();
  void look_for_strangers();
  void look_for_writers();
  void check(const std::vector<demand>& demands);
  std::string who_waits() const;
  const int* who_owes(const member& waiting, caf::message_id reply) const;
  void fail(ending end, std::string why);
  void fail_with(const std::exception_ptr& what, const std::string& prefix);
  void refuse(std::string why);
  void strike();

  int line_of(const letter& l) const;
  bool has_strangers() const;
  actor_names names() const;
  std::string name_of(int who) const;
  const member& at(int who) const { return cast_[static_cast<std::size_t>(who) - 1]; }
  member& at(int who) { return cast_[static_cast<std::size_t>(who) - 1]; }

  std::function<void(stage&)> scenario_;
  std::shared_ptr<actor_experiment> shared_;
  const options options_;
  const recording keep_;

  const chooser* next_ = nullptr;
  std::optional<caf::actor_system> system_;
  actor_scheduler* scheduler_ = nullptr;
  std::vector<member> cast_;
  std::vector<letter> in_transit_;                               // in the order of sending
  std::map<std::pair<caf::actor_id, std::uint64_t>, int> asked_; // who owes a reply
  std::vector<observed> observed_;
  std::vector<demand> always_;
  std::vector<demand> at_the_end_;
  int moving_ = outside; // who sends what is sent now
  int last_writer_ = outside;
  caf::actor_id latest_ = 0; // of the actors known here
  bool performing_ = false;
  bool over_ = false;
  std::string refusal_;
  std::uint64_t progress_ = 0;
  std::vector<taken> history_;

  std::thread::id home_;
  std::atomic<bool> intruded_{false}; // by another thread

  std::optional<ending> failed_;
  ending end_ = ending::cut;
  std::string why_;
};

} // namespace mailroom::explore
