#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "mailroom/future/promise.hpp"
#include "mailroom/future/wait.hpp"
#include "mailroom/sync/event.hpp"

/// What the tests of futures and executors share. Whatever waits here fails after a while.
namespace mailroom::test {

/// Far longer than anything takes that works.
inline constexpr std::chrono::seconds limit{10};

/// Closed until somebody opens it; who passes it waits, but not for ever.
class gate {
public:
  void open() { event_.set(); }
  bool is_open() const { return event_.is_set(); }
  void pass() {
    if (!event_.wait_for(limit))
      throw timeout_error("a gate stayed closed");
  }

private:
  sync::event event_;
};

/// Returns whether `condition` comes true before it takes too long. For what no event tells.
template <class Condition>
bool eventually(Condition condition) {
  auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end)
      return false;
    std::this_thread::yield();
  }
  return true;
}

/// A list that several threads write to.
template <class T>
class notebook {
public:
  void write(T line) {
    std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
  }
  std::vector<T> lines() const {
    std::lock_guard lock{mutex_};
    return lines_;
  }
  std::size_t size() const { return lines().size(); }

private:
  mutable std::mutex mutex_;
  std::vector<T> lines_;
};

/// Listens to what is reported as nobody else's business, as long as it lives.
class listener {
public:
  listener() : before_(set_failure_handler(handler())) {}
  ~listener() { set_failure_handler(before_); }
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// What was reported: "doing: type: text".
  std::vector<std::string> heard() const { return heard_->lines(); }

  /// For executors that have a handler of their own.
  failure_handler handler() const {
    return [heard = heard_](std::string_view doing, const std::exception_ptr& what) {
      heard->write(std::string(doing) + ": " + describe(what));
    };
  }

private:
  std::shared_ptr<notebook<std::string>> heard_ = std::make_shared<notebook<std::string>>();
  failure_handler before_;
};

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// What goes wrong in these tests.
class mishap : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

inline std::exception_ptr a_mishap(const char* what = "mishap") {
  return std::make_exception_ptr(mishap(what));
}

/// The promises of six futures, one in each state in which a future can be.
class one_in_each_state {
public:
  one_in_each_state() {
    running.set_running_or_notify_cancel();
    cancelled.get_future().cancel();
    notified.get_future().cancel();
    notified.set_running_or_notify_cancel();
    failed.set_exception(a_mishap());
    succeeded.set_value(42);
  }

  /// Calls `look` for each of them, in the order below.
  template <class Look>
  auto each(Look look) const {
    std::vector<decltype(look(pending.get_future()))> all;
    for (auto* p : {&pending, &running, &cancelled, &notified, &failed, &succeeded})
      all.push_back(look(p->get_future()));
    return all;
  }

  promise<int> pending;
  promise<int> running;
  promise<int> cancelled;
  promise<int> notified;
  promise<int> failed;
  promise<int> succeeded;
};

/// Returns the name of what `f` throws, without "mailroom::"; empty if nothing.
template <class F>
std::string thrown_by(F&& f) {
  try {
    std::forward<F>(f)();
    return {};
  } catch (...) {
    auto name = detail::type_name(std::current_exception());
    return name.starts_with("mailroom::") ? name.substr(10) : name;
  }
}

/// A future that is done within the limit, or the test fails.
template <class T>
bool ends(const future<T>& f) {
  return f.wait_for(limit);
}

} // namespace mailroom::test
