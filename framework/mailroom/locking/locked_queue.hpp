#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "mailroom/error.hpp"
#include "mailroom/queue_options.hpp"
#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom {

/// A queue of messages under one mutex, with two condition variables: the lock-based control of
/// `mailbox`, which says what the members do. It is made of `sync`, so it can be explored; there,
/// time does not run out.
template <class T>
class locked_queue {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "a message that cannot be moved for certain could get lost on its way");

public:
  explicit locked_queue(queue_options options = {}) : options_(options) {}
  locked_queue(const locked_queue&) = delete;
  locked_queue& operator=(const locked_queue&) = delete;

  // -- sending --------------------------------------------------------------------------------------

  bool send(T message) {
    std::optional<letter> oldest; // destroyed outside of the lock
    {
      std::unique_lock lock{mutex_};
      check_open();
      if (full())
        switch (options_.overflow) {
          case overflow_policy::wait:
            room_.wait(lock, [this] { return !full() || closed_; });
            check_open();
            break;
          case overflow_policy::fail: ++dropped_; throw rejected("the mailbox is full");
          case overflow_policy::drop_newest: ++dropped_; return false;
          case overflow_policy::drop_oldest:
            oldest.emplace(std::move(letters_.front()));
            letters_.pop_front();
            ++dropped_;
            break;
        }
      add(letters_, message);
    }
    arrived_.notify_one();
    return true;
  }

  bool try_send(T&& message) {
    {
      std::lock_guard lock{mutex_};
      if (closed_ || full())
        return false;
      add(letters_, message);
    }
    arrived_.notify_one();
    return true;
  }

  void send_control(T message) {
    {
      std::lock_guard lock{mutex_};
      check_open();
      add(control_, message);
    }
    arrived_.notify_one();
  }

  // -- receiving ------------------------------------------------------------------------------------

  std::optional<T> receive() {
    std::unique_lock lock{mutex_};
    arrived_.wait(lock, [this] { return something(); });
    return take(lock);
  }

  template <class Rep, class Period>
  std::optional<T> receive_for(std::chrono::duration<Rep, Period> time) {
    auto now = clock::now();
    if (std::chrono::duration<double>(time)
        >= std::chrono::duration<double>(clock::time_point::max() - now))
      return receive();
    std::unique_lock lock{mutex_};
    arrived_.wait_until(lock, now + std::chrono::duration_cast<clock::duration>(time),
                        [this] { return something(); });
    return take(lock);
  }

  std::optional<T> try_receive() {
    std::unique_lock lock{mutex_};
    return take(lock);
  }

  // -- the queue ------------------------------------------------------------------------------------

  void close() {
    {
      std::lock_guard lock{mutex_};
      closed_ = true;
    }
    arrived_.notify_all();
    room_.notify_all();
  }

  bool closed() const {
    std::lock_guard lock{mutex_};
    return closed_;
  }

  std::size_t size() const {
    std::lock_guard lock{mutex_};
    return letters_.size() + control_.size();
  }

  queue_statistics stats() const {
    std::lock_guard lock{mutex_};
    return {.sent = sent_,
            .received = received_,
            .dropped = dropped_,
            .waiting = letters_.size() + control_.size(),
            .waiting_time = waiting_time_};
  }

private:
  using clock = std::chrono::steady_clock;

  struct letter {
    letter(T&& m, clock::time_point t) noexcept : message(std::move(m)), sent(t) {}
    T message;
    clock::time_point sent; // not set unless times are measured
  };

  // All below: under the lock.

  void check_open() const {
    if (closed_)
      throw shutdown_error("the mailbox is closed");
  }

  bool full() const noexcept {
    return options_.capacity > 0 && letters_.size() >= options_.capacity;
  }

  bool something() const noexcept { return closed_ || !letters_.empty() || !control_.empty(); }

  void add(std::deque<letter>& to, T& message) {
    to.emplace_back(std::move(message),
                    options_.measure_times ? clock::now() : clock::time_point{});
    ++sent_;
  }

  std::optional<T> take(std::unique_lock<sync::mutex>& lock) {
    auto& from = control_.empty() ? letters_ : control_;
    if (from.empty())
      return std::nullopt;
    letter l{std::move(from.front())};
    from.pop_front();
    ++received_;
    if (options_.measure_times)
      waiting_time_.add(clock::now() - l.sent);
    lock.unlock();
    if (options_.capacity > 0)
      room_.notify_one();
    return std::move(l.message);
  }

  const queue_options options_;
  mutable sync::mutex mutex_{"queue"};
  sync::condition_variable arrived_{"arrived"};
  sync::condition_variable room_{"room"};
  std::deque<letter> letters_; // guarded by mutex_, as are the others
  std::deque<letter> control_;
  bool closed_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t dropped_ = 0;
  histogram waiting_time_;
};

} // namespace mailroom
