#pragma once

#include <cstdint>
#include <exception>

namespace mailroom::detail {

class outgoing_call;
class worker;

/// Something a worker of an executor can run.
///
/// It is the base of what futures share, so that a task, its place in the queue and its result are
/// one allocation. What nobody queues (a promise) leaves the two members alone.
class job {
public:
  virtual ~job() = default;
  job(const job&) = delete;
  job& operator=(const job&) = delete;

  /// Runs it, unless it was cancelled or somebody else has run it, and gives up the queue's
  /// reference: the job may be gone afterwards. For a worker that took it from a queue.
  virtual void run(worker&) noexcept {}

  /// Runs it, in the name of a worker that has started it.
  virtual void execute(worker&) noexcept {}

  /// What another process has to be sent so that it runs there; null if there is no such thing.
  virtual outgoing_call* outgoing() noexcept { return nullptr; }

  /// The first half of `run`, for a worker that has it run elsewhere before its turn here comes.
  /// Returns whether it has begun; if not, it may be gone.
  virtual bool begin(worker&) noexcept { return false; }

  /// The second half. The job may be gone afterwards.
  virtual void end(worker&) noexcept {}

  /// Takes back `begin`: it has not begun elsewhere either, and waits again.
  virtual void postpone() noexcept {}

  /// What became of a job that will not run.
  enum class discarded { cancelled, failed, before };

  /// Ends it without running it, for a reason, and gives up the queue's reference. Returns
  /// `cancelled` if it was cancelled already, and `before` if it had ended otherwise.
  virtual discarded abandon(const std::exception_ptr&) noexcept { return discarded::before; }

  /// Cancels it without running it, and gives up the queue's reference. Returns as `abandon` does.
  virtual discarded revoke() noexcept { return discarded::before; }

  /// Whether it still has to be run. What was cancelled or run meanwhile stays in its queue, too.
  virtual bool waiting() const noexcept { return true; }

  /// Its priority.
  virtual int rank() const noexcept { return 0; }

  job* next = nullptr;     ///< for the queue that holds it
  std::int64_t ticket = 0; ///< its place among all that were ever queued

protected:
  job() = default;
};

} // namespace mailroom::detail
