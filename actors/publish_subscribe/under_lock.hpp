#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "mailroom/sync/mutex.hpp"

namespace mailroom::under_lock {

/// A broker that calls its subscribers while it holds its lock. Here to lose: use
/// `lock_based::broker` or `broker_actor`.
///
/// Shared state: who listens to what. Guarded by: `mutex_`, also while callbacks run.
/// Goes wrong when a callback subscribes, unsubscribes or publishes: it waits for its own thread.
/// So does one that waits for a lock whose owner publishes. Nobody sees it before somebody writes
/// such a callback.
class broker {
public:
  using id = std::uint64_t;
  using callback = std::function<void(const std::string& topic, const std::string& content)>;

  /// Calls `f` for each message that is published about `topic` from now on. Throws
  /// `std::invalid_argument` if there is no function.
  id subscribe(const std::string& topic, callback f) {
    if (!f)
      throw std::invalid_argument("a subscriber needs a function");
    std::lock_guard lock{mutex_};
    subscribers_.emplace(++last_, std::pair{topic, std::move(f)});
    return last_;
  }

  /// Ends a subscription. Returns whether there was one.
  bool unsubscribe(id number) {
    std::lock_guard lock{mutex_};
    return subscribers_.erase(number) > 0;
  }

  /// Tells all who have subscribed to `topic`. Returns how many there are.
  int publish(const std::string& topic, const std::string& content) {
    std::lock_guard lock{mutex_};
    int listening = 0;
    for (auto& [number, subscriber] : subscribers_)
      if (subscriber.first == topic) {
        subscriber.second(topic, content);
        ++listening;
      }
    return listening;
  }

private:
  sync::mutex mutex_{"broker"};
  std::map<id, std::pair<std::string, callback>> subscribers_; // guarded by mutex_
  id last_ = 0;                                                // guarded by mutex_
};

} // namespace mailroom::under_lock
