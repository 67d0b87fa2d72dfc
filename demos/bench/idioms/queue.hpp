#pragma once

// 4: a queue with a mutex and two condition variables.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "mailroom/messaging/mailbox.hpp"

namespace mailroom::benches::idioms {

namespace with_locks {

template <class T>
class queue {
public:
  explicit queue(std::size_t room) : room_(room) {}

  void send(T message) {
    std::unique_lock lock{mutex_};
    not_full_.wait(lock, [this] { return messages_.size() < room_ || closed_; });
    if (closed_)
      throw std::logic_error("the queue is closed");
    messages_.push_back(std::move(message));
    lock.unlock();
    not_empty_.notify_one();
  }

  /// Returns nothing when it is closed and empty.
  std::optional<T> receive() {
    std::unique_lock lock{mutex_};
    not_empty_.wait(lock, [this] { return !messages_.empty() || closed_; });
    if (messages_.empty())
      return std::nullopt;
    std::optional<T> message{std::move(messages_.front())};
    messages_.pop_front();
    lock.unlock();
    not_full_.notify_one();
    return message;
  }

  void close() {
    {
      std::lock_guard lock{mutex_};
      closed_ = true;
    }
    not_full_.notify_all();
    not_empty_.notify_all();
  }

private:
  const std::size_t room_;
  std::mutex mutex_;
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::deque<T> messages_; // guarded by mutex_
  bool closed_ = false;    // guarded by mutex_
};

} // namespace with_locks

namespace with_actors {

template <class T>
class queue : public mailbox<T> {
public:
  explicit queue(std::size_t room) : mailbox<T>({.capacity = room}) {}
};

} // namespace with_actors

} // namespace mailroom::benches::idioms
