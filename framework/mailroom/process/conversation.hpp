#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <stop_token>

#include "mailroom/executor/run_queue.hpp"
#include "mailroom/process/link.hpp"
#include "mailroom/process/remote_task.hpp"

namespace mailroom::detail {

class process_pool;
class worker;

/// What a worker of a pool of processes has to do with one process: it sends calls and waits for
/// their answers, and looks whether the process still moves.
///
/// While tasks are small and many wait, it sends some ahead of their turn, so that the process need
/// not wait for this thread to wake up, and the two need not wake each other for each. They have
/// begun then, as far as anybody can see. If the one before them turns out to be slow, they are
/// called back, and wait for the next free worker. The process begins one after the other and
/// answers at once, so that none is lost with it but the one that runs.
///
/// For the thread of the worker.
class conversation {
public:
  conversation(process_pool& pool, worker& owner, link& with);

  /// Sends a call, unless it was sent ahead, and returns its answer. Throws `link_lost` if none
  /// will come; then `may_have_begun` says how far it has come.
  frame ask(outgoing_call& call, const std::stop_token& stop = {});
  bool may_have_begun() const noexcept { return current_.end <= put_ - unsent_.size(); }

  /// Takes the next task that was sent ahead: it is to be asked for now. Null if there is none.
  job* next_ahead() noexcept;

  /// Returns the tasks that were sent ahead, and will not begin in this process.
  job_list give_back() noexcept;

private:
  /// A call that was sent: its number, and where it ends among all bytes for the process.
  struct sent {
    std::uint64_t number = 0;
    std::uint64_t end = 0;
  };
  struct sent_ahead {
    job* task;
    sent call;
  };

  void send(outgoing_call& call);
  void send_ahead();
  sent put(buffer& message);
  void recall();
  void recalled(std::uint64_t last_begun, outgoing_call& current);
  void came_after(clock::duration time) noexcept;
  job_list give_back_after(std::uint64_t last_begun) noexcept;
  void count_ahead() noexcept;
  [[noreturn]] void kill_and_lose(const std::string& why);

  process_pool& pool_;
  worker& owner_;
  link& link_;
  buffer outbox_;                     // small messages on their way
  std::span<const std::byte> unsent_; // of outbox_, or of one large message
  std::uint64_t put_ = 0;             // bytes so far, those of unsent_ included
  std::uint64_t calls_ = 0;           // so far
  sent current_;                      // the one that is asked for
  sent next_;                         // to be asked for next, if it was sent ahead
  std::deque<sent_ahead> ahead_;      // in order
  std::size_t window_ = 0;            // how many may be ahead
  std::uint64_t recall_ = 0; // the last that was called back, as long as no answer has come
};

} // namespace mailroom::detail
