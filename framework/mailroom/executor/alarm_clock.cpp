#include "mailroom/executor/alarm_clock.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace mailroom::detail {

struct alarm_clock::parts {
  using key = std::pair<clock::time_point, ticket>;

  void run() {
    std::unique_lock lock{mutex};
    while (!stopping) {
      if (alarms.empty()) {
        changed.wait(lock);
      } else if (auto when = alarms.begin()->first.first; when > clock::now()) {
        changed.wait_until(lock, when); // a copy: the alarm may be cancelled meanwhile
      } else {
        auto first = alarms.begin();
        auto ring = std::move(first->second);
        times.erase(first->first.second);
        alarms.erase(first);
        lock.unlock();
        ring();
        ring = nullptr; // what it holds may take a while to go
        lock.lock();
      }
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::map<key, std::function<void()>> alarms; // guarded by mutex
  std::map<ticket, clock::time_point> times;   // guarded by mutex
  ticket next = 0;                             // guarded by mutex
  bool stopping = false;                       // guarded by mutex
  std::thread thread;
};

alarm_clock::alarm_clock() : parts_(std::make_shared<parts>()) {
  parts_->thread = std::thread{[p = parts_] { p->run(); }};
}

alarm_clock::~alarm_clock() {
  {
    std::lock_guard lock{parts_->mutex};
    parts_->stopping = true;
  }
  parts_->changed.notify_one();
  // What rings may hold the last reference to the clock itself.
  if (parts_->thread.get_id() == std::this_thread::get_id())
    parts_->thread.detach();
  else
    parts_->thread.join();
}

std::shared_ptr<alarm_clock> alarm_clock::shared() {
  static auto& mutex = *new std::mutex;
  static auto& current = *new std::weak_ptr<alarm_clock>; // guarded by mutex
  std::lock_guard lock{mutex};
  auto c = current.lock();
  if (!c)
    current = c = std::shared_ptr<alarm_clock>{new alarm_clock};
  return c;
}

alarm_clock::ticket alarm_clock::set(clock::time_point when, std::function<void()> ring) {
  ticket t;
  {
    std::lock_guard lock{parts_->mutex};
    t = ++parts_->next;
    parts_->alarms.emplace(parts::key{when, t}, std::move(ring));
    parts_->times.emplace(t, when);
  }
  parts_->changed.notify_one();
  return t;
}

void alarm_clock::cancel(ticket t) noexcept {
  std::function<void()> forgotten; // destroyed outside of the lock
  std::lock_guard lock{parts_->mutex};
  auto time = parts_->times.find(t);
  if (time == parts_->times.end())
    return;
  auto alarm = parts_->alarms.find({time->second, t});
  forgotten.swap(alarm->second);
  parts_->alarms.erase(alarm);
  parts_->times.erase(time);
}

} // namespace mailroom::detail
