#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "mailroom/sync/mutex.hpp"

namespace mailroom::lock_based {

/// Tells those who have subscribed to a topic what is published about it.
///
/// Shared state: who listens to what, and what is still to be told. Guarded by: `mutex_`, which is
/// not held while a callback runs: callbacks may subscribe, unsubscribe and publish.
/// Each subscriber hears each message once, and all hear them in the same order, that in which they
/// were published. For that, one thread at a time calls: the one that finds nobody else at it, and
/// it goes on with what others publish meanwhile. So `publish` may return before its message has
/// been told, or later than that.
/// A callback may still run when `unsubscribe` returns, if another thread had begun to call it:
/// what it uses must live longer. It is not begun any more. What leaves a callback as an exception
/// leaves the `publish` that called it; what is left to be told is told with the next message. Any
/// thread may call any member.
class broker {
public:
  using id = std::uint64_t;
  using callback = std::function<void(const std::string& topic, const std::string& content)>;

  /// Calls `f` for each message that is published about `topic` from now on. Throws
  /// `std::invalid_argument` if there is no function.
  id subscribe(const std::string& topic, callback f) {
    if (!f)
      throw std::invalid_argument("a subscriber needs a function");
    auto fresh = std::make_shared<subscriber>(topic, std::move(f));
    std::lock_guard lock{mutex_};
    subscribers_.emplace(++last_, std::move(fresh));
    return last_;
  }

  /// Ends a subscription. Returns whether there was one.
  bool unsubscribe(id number) {
    std::shared_ptr<subscriber> gone; // destroyed outside of the lock
    std::lock_guard lock{mutex_};
    auto at = subscribers_.find(number);
    if (at == subscribers_.end())
      return false;
    gone = std::move(at->second);
    gone->listens = false;
    subscribers_.erase(at);
    return true;
  }

  /// Tells all who have subscribed to `topic`. Returns how many there are.
  int publish(const std::string& topic, const std::string& content) {
    std::unique_lock lock{mutex_};
    int listening = 0;
    for (auto& [number, each] : subscribers_)
      if (each->topic == topic) {
        to_tell_.emplace_back(each, content);
        ++listening;
      }
    if (!telling_)
      tell_all(lock);
    return listening;
  }

private:
  struct subscriber {
    subscriber(std::string t, callback f) : topic(std::move(t)), call(std::move(f)) {}
    const std::string topic;
    const callback call;
    bool listens = true; // guarded by mutex_
  };

  void tell_all(std::unique_lock<sync::mutex>& lock) {
    struct at_exit {
      broker& self;
      std::unique_lock<sync::mutex>& lock;
      ~at_exit() {
        if (!lock.owns_lock())
          lock.lock();
        self.telling_ = false;
      }
    } no_more{*this, lock};
    telling_ = true;
    while (!to_tell_.empty()) {
      auto [to, content] = std::move(to_tell_.front());
      to_tell_.pop_front();
      bool listens = to->listens;
      lock.unlock();
      if (listens)
        to->call(to->topic, content);
      to.reset(); // the last one destroys the callback, outside of the lock
      lock.lock();
    }
  }

  sync::mutex mutex_{"broker"};
  std::map<id, std::shared_ptr<subscriber>> subscribers_;                   // guarded by mutex_
  id last_ = 0;                                                             // guarded by mutex_
  std::deque<std::pair<std::shared_ptr<subscriber>, std::string>> to_tell_; // guarded by mutex_
  bool telling_ = false; // guarded by mutex_: some thread works on to_tell_
};

} // namespace mailroom::lock_based
