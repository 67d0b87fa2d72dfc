#pragma once

#include <atomic>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "mailroom/explore/execution.hpp"
#include "mailroom/explore/options.hpp"
#include "mailroom/explore/runners.hpp"
#include "mailroom/sync/world.hpp"

namespace mailroom::explore {

/// Runs a scenario on real threads of which only one moves at a time: the one it is told to.
///
/// A thread stops before each operation on a `sync` object. The one that stops looks who is next
/// itself, and goes on at once if it is: a step costs a switch of threads only if somebody else
/// takes the next one. Joins are no steps: they are done as soon as they can be, since they disturb
/// nobody. Plain memory and clocks are not controlled; a scenario must do the same thing each time
/// it is given the same choices.
class thread_world final : public sync::world,
                           public execution,
                           public std::enable_shared_from_this<thread_world> {
public:
  thread_world(std::function<void()> scenario, std::shared_ptr<runners> threads, const options& o,
               const recording& keep);

  ~thread_world() override;

  // -- what those who explore call ------------------------------------------------------------------

  void run(const chooser& next) override;
  ending end() const override { return end_; }
  std::string why() const override { return why_; }
  const std::vector<taken>& history() const override { return history_; }
  std::vector<std::string> cast() const override;
  std::string letters(const choice& c) const override;
  std::uint64_t state() const override;
  std::uint64_t progress() const override { return progress_; }

  // -- what the primitives call ---------------------------------------------------------------------

  int reach(const sync::step& next) override;
  int start(std::string name, std::function<void()> body) override;
  void join(int number) override;
  int self() const noexcept override { return moving_; }
  void note(std::string text) override;
  void progressed() override { ++progress_; }
  bool spurious_wakeups() const noexcept override { return options_.spurious_wakeups; }
  std::uint32_t enroll(sync::object& fresh) override;
  void dismiss(const sync::object& gone) noexcept override;
  void outsider(const sync::object& used) noexcept override;
  void intruder(const sync::object& used) noexcept override;

private:
  static constexpr int nobody = -1;

  struct worker {
    std::string name;
    runners::runner* thread = nullptr;
    std::optional<sync::step> next; // announced; empty while joining, or once ended
    int starter = nobody;           // who waits until this one has come to its first step
    int joining = nobody;
    int outcome = 0;
    std::uint64_t point = 0; // where it is in its program
    bool resent = false;     // the signal it has missed
    bool ended = false;
  };

  void await_the_end();
  void conclude();
  bool a_signal_helps();
  std::string who_waits() const;
  void refuse(std::string why) noexcept;
  void unwind();

  // By the thread that moves.
  void stop(int number);
  void end(int number);
  int next_to_move();
  std::vector<choice> open() const;
  void take(const choice& c);
  void pass_on(int next);
  void hand_to(int number);

  worker& at(int number) { return workers_[static_cast<std::size_t>(number)]; }
  const worker& at(int number) const { return workers_[static_cast<std::size_t>(number)]; }

  std::function<void()> scenario_;
  std::shared_ptr<runners> threads_;
  const options options_;
  const recording keep_;

  // Belongs to whoever moves.
  std::deque<worker> workers_;
  std::vector<sync::object*> objects_; // by number, null if gone
  const chooser* next_ = nullptr;
  int moving_ = 0;
  bool stopped_ = false; // by the chooser
  bool unwinding_ = false;
  std::exception_ptr failure_; // of the scenario
  std::exception_ptr chooser_failure_;
  std::vector<taken> history_;
  std::uint64_t progress_ = 0;
  std::atomic<std::uint64_t> steps_{0};

  mutable std::mutex refusal_mutex_;
  std::string refusal_; // guarded by refusal_mutex_
  std::atomic<bool> is_refused_{false};

  ending end_ = ending::cut;
  std::string why_;
};

} // namespace mailroom::explore
