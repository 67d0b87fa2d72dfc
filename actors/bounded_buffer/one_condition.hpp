#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "mailroom/sync/condition_variable.hpp"
#include "mailroom/sync/mutex.hpp"

namespace mailroom::one_condition {

/// A bounded buffer in which producers and consumers wait for the same condition. Here to lose: use
/// `lock_based::bounded_buffer` or `bounded_buffer_actor`.
///
/// Shared state: `items_`, `closed_`. Guarded by: `mutex_`.
/// Goes wrong when a notification meant for a producer wakes a consumer, or the other way round: it
/// looks, finds nothing to do, sleeps again, and whom it was meant for sleeps on. In the end all
/// do. No data race, and every wait is in a loop; it takes two of each kind, and bad luck.
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
    changed_.wait(lock, [this] { return closed_ || has_room(); });
    return add(item);
  }

  /// Waits for an item and takes it. Nothing if the buffer is closed and there are none left.
  std::optional<int> get() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return closed_ || !items_.empty(); });
    return take();
  }

  /// Takes no more items. Those inside can still be taken; whoever waits in vain is woken.
  void close() {
    {
      std::lock_guard lock{mutex_};
      closed_ = true;
    }
    changed_.notify_all();
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
    changed_.notify_one();
    return true;
  }

  std::optional<int> take() {
    if (items_.empty())
      return std::nullopt;
    int item = items_.front();
    items_.pop_front();
    changed_.notify_one();
    return item;
  }

  mutable sync::mutex mutex_{"buffer"};
  sync::condition_variable changed_{"changed"};
  const int capacity_;
  std::deque<int> items_; // guarded by mutex_
  bool closed_ = false;   // guarded by mutex_
};

} // namespace mailroom::one_condition
