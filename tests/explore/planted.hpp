#pragma once

#include "explore/explored.hpp"
#include "mailroom/future/event_count.hpp"
#include "mailroom/future/parker.hpp"

/// Primitives of explorations with one thing wrong.
namespace mailroom::test {

/// Its locks admit everybody.
struct unlocked : explored {
  struct spinlock {
    void lock() {}
    void unlock() {}
  };
};

/// Who waits for an `event_count` says so after it has looked.
struct late : explored {};

/// A `parker` wakes before it counts.
struct early : explored {};

} // namespace mailroom::test

namespace mailroom::detail {

template <>
class basic_event_count<test::late> : public basic_event_count<test::explored> {
public:
  key prepare() { return 0; }
  void cancel() {}
  void wait(key, clock::time_point = never) {
    basic_event_count<test::explored>::wait(basic_event_count<test::explored>::prepare());
  }
};

template <>
class basic_parker<test::early> {
public:
  std::uint32_t ready() const { return wakes_.load(); }
  void park(std::uint32_t since, clock::time_point) { wakes_.sleep(since); }
  void unpark() {
    wakes_.wake_all();
    wakes_.fetch_add(1);
  }

private:
  test::futex wakes_;
};

} // namespace mailroom::detail
