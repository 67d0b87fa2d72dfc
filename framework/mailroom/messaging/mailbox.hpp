#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "mailroom/error.hpp"
#include "mailroom/future/event_count.hpp"
#include "mailroom/future/primitives.hpp"
#include "mailroom/queue_options.hpp"

namespace mailroom {

/// A queue of messages: many threads send, many receive, each message goes to one of them.
///
/// First in, first out for each sender; messages of control come before all others. With one
/// receiver this is the mailbox of an actor; with several, whoever is free takes the next message,
/// and the order in which they are worked off is nobody's promise. It keeps messages from getting
/// lost or mixed up, not what is done with them from racing: for that, let one thread receive, and
/// own what the messages are about.
///
/// All members may be called by any thread, the destructor by one, when no other thread uses it;
/// messages left are destroyed. Its lock-based control is `locked_queue`, with the same members.
///
/// `Primitives` is for the explorer: see explore/proofs.md.
template <class T, class Primitives = detail::real>
class mailbox {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "a message that cannot be moved for certain could get lost on its way");

public:
  explicit mailbox(queue_options options = {}) : options_(options) {}
  mailbox(const mailbox&) = delete;
  mailbox& operator=(const mailbox&) = delete;

  // -- sending --------------------------------------------------------------------------------------

  /// Adds a message. Returns whether it is in the mailbox: false if it was dropped for lack of
  /// room. Waits only if the policy says so. Throws `rejected` if there is no room and the policy
  /// is `fail`, and `shutdown_error` if the mailbox is closed, or is while it waits.
  bool send(T message) {
    for (;;) {
      switch (try_push(message)) {
        case pushed::yes: return true;
        case pushed::closed: throw shutdown_error("the mailbox is closed");
        case pushed::full: break;
      }
      switch (options_.overflow) {
        case overflow_policy::wait: await_room(); break;
        case overflow_policy::fail:
          dropped_.fetch_add(1, relaxed);
          throw rejected("the mailbox is full");
        case overflow_policy::drop_newest: dropped_.fetch_add(1, relaxed); return false;
        case overflow_policy::drop_oldest: drop_oldest(); break;
      }
    }
  }

  /// Adds a message if there is room, whatever the policy. If not, or if the mailbox is closed,
  /// returns false, and `message` is as before.
  bool try_send(T&& message) { return try_push(message) == pushed::yes; }

  /// Adds a message that comes before all that are not of control, needs no room and is never
  /// dropped. Throws `shutdown_error` if the mailbox is closed.
  void send_control(T message) {
    {
      std::lock_guard lock{in_.lock};
      if (closed_.load(relaxed))
        throw shutdown_error("the mailbox is closed");
      control_.emplace_back(std::move(message), now());
      in_.count();
      controls_.store(control_.size(), std::memory_order_seq_cst);
    }
    arrived();
  }

  // -- receiving ------------------------------------------------------------------------------------

  /// Waits for the next message. Nothing when the mailbox is closed and there are none left.
  std::optional<T> receive() { return receive_until(detail::never); }

  /// Waits for `time` at most. Nothing if no message has come, or none will.
  template <class Rep, class Period>
  std::optional<T> receive_for(std::chrono::duration<Rep, Period> time) {
    return receive_until(detail::after(time));
  }

  /// Does not wait.
  std::optional<T> try_receive() {
    // What senders write is only looked at when there is nothing else.
    if (out_.size.load(std::memory_order_seq_cst) == 0 && empty())
      return std::nullopt;
    return take();
  }

  /// Has `f` called once, when there is something to receive, or never will be: at once, or by the
  /// thread that sends or closes. For those who must not wait, as actors: see `spawn_receiver`. Of
  /// several, one is called for each message, and the next one if it returns false: it will not
  /// receive. Others may have received everything before it looks.
  void when_ready(std::function<bool()> f) {
    {
      std::lock_guard lock{in_.lock};
      to_call_.push_back(std::move(f));
      to_call_size_.store(to_call_.size(), std::memory_order_seq_cst);
    }
    if (closed_.load(std::memory_order_seq_cst))
      call_all();
    else if (!empty())
      call_one();
  }

  // -- the mailbox ----------------------------------------------------------------------------------

  /// Takes no more messages. Those in it can still be received; then all receivers get nothing.
  void close() {
    {
      std::lock_guard lock{in_.lock};
      closed_.store(true, std::memory_order_seq_cst);
    }
    arrived_.notify_all();
    room_.notify_all();
    call_all();
  }

  bool closed() const noexcept(Primitives::nothrow) {
    return closed_.load(std::memory_order_acquire);
  }

  /// How many messages there are: never more than there is room for, those of control apart.
  std::size_t size() const noexcept(Primitives::nothrow) {
    std::lock_guard lock{in_.lock}; // none moves from there to out_ meanwhile
    return in_.size.load(relaxed) + out_.size.load(std::memory_order_seq_cst)
           + controls_.load(relaxed);
  }

  queue_statistics stats() const {
    queue_statistics s;
    {
      std::lock_guard lock{out_.lock};
      s.received = out_.passed.load(relaxed);
      s.waiting_time = waiting_time_;
    }
    std::lock_guard lock{in_.lock};
    s.sent = in_.passed.load(relaxed);
    s.dropped = dropped_.load(relaxed);
    s.waiting =
      in_.size.load(relaxed) + out_.size.load(std::memory_order_seq_cst) + controls_.load(relaxed);
    return s;
  }

private:
  static constexpr auto relaxed = std::memory_order_relaxed;
  static constexpr bool nothrow = Primitives::nothrow;
  static constexpr std::size_t line = 64;

  template <class Value>
  using atomic = typename Primitives::template atomic<Value>;
  using spinlock = typename Primitives::spinlock;
  using spin = typename Primitives::spin;
  using event_count = detail::basic_event_count<Primitives>;

  struct letter {
    letter(T&& m, detail::clock::time_point t) noexcept : message(std::move(m)), sent(t) {}
    T message;
    detail::clock::time_point sent; // not set unless times are measured
  };

  /// Senders and receivers have a stage each, so that they meet only when that of the receivers is
  /// empty: then the two change places.
  struct alignas(line) stage {
    mutable spinlock lock; // that of out_ is taken before that of in_, if both are
    atomic<std::size_t> size{0};
    atomic<std::uint64_t> passed{0}; // written under lock
    std::deque<letter> letters;      // guarded by lock

    void count() noexcept(nothrow) { passed.store(passed.load(relaxed) + 1, relaxed); }
  };

  enum class pushed { yes, full, closed };

  detail::clock::time_point now() const {
    return options_.measure_times ? detail::clock::now() : detail::clock::time_point{};
  }

  pushed try_push(T& message) {
    {
      std::lock_guard lock{in_.lock};
      if (closed_.load(relaxed))
        return pushed::closed;
      auto n = in_.letters.size();
      if (options_.capacity > 0
          && n + out_.size.load(std::memory_order_seq_cst) >= options_.capacity)
        return pushed::full;
      in_.letters.emplace_back(std::move(message), now());
      in_.count();
      in_.size.store(n + 1, std::memory_order_seq_cst);
    }
    arrived();
    return pushed::yes;
  }

  void arrived() {
    arrived_.notify_one();
    if (to_call_size_.load(std::memory_order_seq_cst) > 0)
      call_one();
  }

  std::function<bool()> take_one_to_call() {
    std::function<bool()> f;
    std::lock_guard lock{in_.lock};
    if (!to_call_.empty()) {
      f = std::move(to_call_.front());
      to_call_.pop_front();
      to_call_size_.store(to_call_.size(), std::memory_order_seq_cst);
    }
    return f;
  }

  void call_one() {
    while (auto f = take_one_to_call())
      if (f())
        return;
  }

  void call_all() {
    while (auto f = take_one_to_call())
      f();
  }

  // Both may see messages twice that move from one stage to the other, and never overlook one.

  bool empty() const noexcept(nothrow) {
    return in_.size.load(std::memory_order_seq_cst) == 0 // first: they move from there to out_
           && out_.size.load(std::memory_order_seq_cst) == 0
           && controls_.load(std::memory_order_seq_cst) == 0;
  }

  bool full() const noexcept(nothrow) {
    auto in = in_.size.load(std::memory_order_seq_cst);
    return in + out_.size.load(std::memory_order_seq_cst) >= options_.capacity;
  }

  void await_room() {
    spin look{200};
    while (look())
      if (!full() || closed())
        return;
    auto since = room_.prepare();
    if (full() && !closed_.load(std::memory_order_seq_cst))
      room_.wait(since);
    else
      room_.cancel();
  }

  void drop_oldest() {
    std::optional<letter> oldest; // destroyed outside of the locks
    std::lock_guard lock{out_.lock};
    if ((oldest = pop()))
      dropped_.fetch_add(1, relaxed);
  }

  /// The oldest message that is not of control. Under the lock of out_.
  std::optional<letter> pop() {
    if (out_.letters.empty()) {
      std::lock_guard lock{in_.lock};
      out_.letters.swap(in_.letters);
      // First there, then away here: who looks meanwhile sees them twice rather than not at all.
      out_.size.store(out_.letters.size(), std::memory_order_seq_cst);
      in_.size.store(0, std::memory_order_seq_cst);
    }
    if (out_.letters.empty())
      return std::nullopt;
    std::optional<letter> l{std::move(out_.letters.front())};
    out_.letters.pop_front();
    out_.size.store(out_.letters.size(), std::memory_order_seq_cst);
    return l;
  }

  std::optional<letter> pop_control() {
    std::lock_guard lock{in_.lock};
    if (control_.empty())
      return std::nullopt;
    std::optional<letter> l{std::move(control_.front())};
    control_.pop_front();
    controls_.store(control_.size(), std::memory_order_seq_cst);
    return l;
  }

  std::optional<T> take() {
    std::optional<letter> l;
    {
      std::lock_guard lock{out_.lock};
      if (controls_.load(std::memory_order_seq_cst) > 0)
        l = pop_control();
      if (!l && !(l = pop()))
        return std::nullopt;
      out_.count();
      if (options_.measure_times)
        waiting_time_.add(detail::clock::now() - l->sent);
    }
    if (options_.capacity > 0)
      room_.notify_one();
    return std::move(l->message);
  }

  std::optional<T> receive_until(detail::clock::time_point deadline) {
    for (;;) {
      spin look{200};
      do
        if (auto m = try_receive())
          return m;
      while (look());
      auto since = arrived_.prepare();
      if (!empty()) {
        arrived_.cancel();
        continue;
      }
      bool late = deadline != detail::never && detail::clock::now() >= deadline;
      if (late || closed_.load(std::memory_order_seq_cst)) {
        arrived_.cancel();
        return try_receive(); // the last ones may have come just before it was closed
      }
      arrived_.wait(since, deadline);
    }
  }

  const queue_options options_;
  stage in_;
  stage out_;
  histogram waiting_time_; // guarded by the lock of out_
  alignas(line) event_count arrived_;
  atomic<std::size_t> to_call_size_{0};       // to_call_.size(), written under the lock of in_
  std::deque<std::function<bool()>> to_call_; // guarded by the lock of in_
  event_count room_;
  atomic<bool> closed_{false};      // written under the lock of in_
  atomic<std::size_t> controls_{0}; // control_.size(), written under the lock of in_
  std::deque<letter> control_;      // guarded by the lock of in_
  atomic<std::uint64_t> dropped_{0};
};

} // namespace mailroom
