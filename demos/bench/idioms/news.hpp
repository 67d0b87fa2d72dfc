#pragma once

// 10: observers, called under the lock that guards the list of them.

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "mailroom/messaging/agent.hpp"
#include "mailroom/messaging/receiver.hpp"

namespace mailroom::benches::idioms {

namespace with_locks {

/// Calls one observer at a time, all in the same order. One that subscribes or publishes while it
/// is called waits for itself.
template <class T>
class news {
public:
  static constexpr bool one_order = true;

  void subscribe(std::function<void(T)> f) {
    std::lock_guard lock{mutex_};
    observers_.push_back(std::move(f));
  }

  void publish(const T& item) {
    std::lock_guard lock{mutex_};
    for (auto& f : observers_)
      f(item);
  }

private:
  std::mutex mutex_;
  std::vector<std::function<void(T)>> observers_; // guarded by mutex_
};

/// Calls observers without the lock: they may do what they like, and several threads may call one
/// at once, so that it needs a lock of its own; each may hear another order.
template <class T>
class copied_news {
public:
  static constexpr bool one_order = false;

  void subscribe(std::function<void(T)> f) {
    std::lock_guard lock{mutex_};
    auto longer = std::make_shared<list>(*observers_);
    longer->push_back(std::move(f));
    observers_ = std::move(longer);
  }

  void publish(const T& item) {
    auto all = observers(); // kept until the last one has been called
    for (auto& f : *all)
      f(item);
  }

private:
  using list = std::vector<std::function<void(T)>>;

  std::shared_ptr<const list> observers() {
    std::lock_guard lock{mutex_};
    return observers_;
  }

  std::mutex mutex_;
  std::shared_ptr<const list> observers_ = std::make_shared<list>(); // guarded by mutex_
};

} // namespace with_locks

namespace with_actors {

/// Sends to the mailbox of each observer. Each hears all in the same order, one at a time, and may
/// do what it likes.
template <class T>
class news {
public:
  static constexpr bool one_order = true;

  explicit news(system& sys) : system_(sys), boxes_(sys) {}

  ~news() {
    boxes_.tell([](list& boxes) {
      for (auto& b : boxes)
        b->close();
    });
  }

  void subscribe(std::function<void(T)> f) {
    auto box = std::make_shared<mailbox<T>>();
    spawn_receiver(system_, box, std::move(f));
    boxes_.tell([box](list& boxes) { boxes.push_back(box); });
  }

  void publish(const T& item) {
    boxes_.tell([item](list& boxes) {
      for (auto& b : boxes)
        b->send(item);
    });
  }

private:
  using list = std::vector<std::shared_ptr<mailbox<T>>>;

  system& system_;
  agent<list> boxes_;
};

} // namespace with_actors

} // namespace mailroom::benches::idioms
