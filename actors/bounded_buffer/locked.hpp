#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "mailroom/future/parker.hpp"
#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::lock_based {

/// A buffer with room for so many: producers wait for room, consumers wait for items.
///
/// Shared state: `items_`, `closed_`. Guarded by: `mutex_`. One condition for each kind of waiting,
/// so that whoever is woken can use what happened.
/// Items come out in the order in which they went in. Which of several waiting threads goes first
/// is not defined. Any thread may call any member.
class bounded_buffer {
public:
  /// Throws `std::invalid_argument` if there is no room for 1.
  explicit bounded_buffer(int capacity) : capacity_(capacity) {
    if (capacity < 1)
      throw std::invalid_argument("a bounded buffer needs room for 1 or more");
  }

  /// Waits for room and puts the item in. Returns false if the buffer is closed.
  bool put(int item) {
    std::unique_lock lock{mutex_};
    room_.wait(lock, [this] { return closed_ || has_room(); });
    return add(item);
  }

  /// Does the same, but waits for `limit` at most. Returns whether the item is in.
  bool put_for(int item, std::chrono::nanoseconds limit) {
    std::unique_lock lock{mutex_};
    auto ready = [this] { return closed_ || has_room(); };
    return room_.wait_until(lock, detail::after(limit), ready) && add(item);
  }

  /// Waits for an item and takes it. Nothing if the buffer is closed and there are none left.
  std::optional<int> get() {
    std::unique_lock lock{mutex_};
    item_.wait(lock, [this] { return closed_ || !items_.empty(); });
    return take();
  }

  /// Does the same, but waits for `limit` at most.
  std::optional<int> get_for(std::chrono::nanoseconds limit) {
    std::unique_lock lock{mutex_};
    item_.wait_until(lock, detail::after(limit), [this] { return closed_ || !items_.empty(); });
    return take();
  }

  /// Takes no more items. Those inside can still be taken; whoever waits in vain is woken.
  void close() {
    {
      std::lock_guard lock{mutex_};
      closed_ = true;
    }
    room_.notify_all();
    item_.notify_all();
  }

  int size() const {
    std::lock_guard lock{mutex_};
    return static_cast<int>(items_.size());
  }

private:
  bool has_room() const { return items_.size() < static_cast<std::size_t>(capacity_); }

  bool add(int item) {
    if (closed_)
      return false;
    items_.push_back(item);
    item_.notify_one();
    return true;
  }

  std::optional<int> take() {
    if (items_.empty())
      return std::nullopt;
    int item = items_.front();
    items_.pop_front();
    room_.notify_one();
    return item;
  }

  mutable sync::mutex mutex_{"buffer"};
  sync::condition_variable room_{"room"};
  sync::condition_variable item_{"item"};
  const int capacity_;
  std::deque<int> items_; // guarded by mutex_
  bool closed_ = false;   // guarded by mutex_
};

} // namespace mailroom::lock_based
