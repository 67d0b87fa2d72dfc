#include <doctest/doctest.h>

#include "explore/explored.hpp"
#include "explore/proof.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/future/life_cycle_members.hpp"
#include "mailroom/sync/sync.hpp"

using namespace mailroom;
using explore::ensure;
using test::explored, test::proved, test::refuted;

namespace {

/// A future of an int, and nothing else.
template <class Primitives>
class promised : public detail::life_cycle<promised<Primitives>, Primitives> {
public:
  using phase = typename promised::phase;

  bool set(int v, bool even_running = true) {
    if (!this->claim(even_running))
      return false;
    finish_with(v);
    return true;
  }

  void finish_with(int v) {
    value = v;
    this->finish(phase::value);
  }

  void wait() { this->sleep_until_done(detail::never); }

  int value = 0;
  int discarded = 0;

  sync::mutex& lock_of_hooks() { return hooks_lock_; }
  void discard() { ++discarded; }

private:
  sync::mutex hooks_lock_{"hooks"};
};

template <class Primitives>
struct bell : detail::basic_hook<promised<Primitives>> {
  using detail::basic_hook<promised<Primitives>>::basic_hook;
  void fire(promised<Primitives>&) noexcept override { ++rung; }
  int rung = 0;
};

/// Reads, and writes afterwards, instead of both at once.
struct torn_exchange : explored {
  struct word : test::futex {
    using futex::futex;
    std::uint32_t exchange(std::uint32_t value, std::memory_order) {
      auto old = load();
      store(value);
      return old;
    }
  };
};

struct torn_compare : explored {
  struct word : test::futex {
    using futex::futex;
    bool compare_exchange_weak(std::uint32_t& expected, std::uint32_t desired, std::memory_order) {
      if (auto now = load(); now != expected) {
        expected = now;
        return false;
      }
      store(desired);
      return true;
    }
  };
};

/// Whoever waits sees the value.
template <class Primitives>
void set_and_wait(int waiters) {
  promised<Primitives> future;
  std::vector<sync::thread> threads;
  for (int i = 0; i < waiters; ++i)
    threads.emplace_back("waiter", [&] {
      future.wait();
      ensure(future.value == 7, "the wait was over before there was a value");
    });
  threads.emplace_back("setter", [&] { future.set(7); });
}

/// Two have a result, one gets the right to set it.
template <class Primitives>
void set_twice() {
  promised<Primitives> future;
  int set = 0;
  {
    auto try_to_set = [&](int v) { set += future.set(v) ? v : 0; };
    sync::thread a{"setter", [&] { try_to_set(1); }}, b{"setter", [&] { try_to_set(2); }};
  }
  ensure(set == 1 || set == 2, "it was set twice");
  ensure(future.value == set && future.discarded == 1, "it has another value");
}

/// A worker runs it, somebody cancels it, and others wait for its end.
template <class Primitives>
void run_or_cancel(bool waits) {
  promised<Primitives> future;
  bool cancelled = false;
  bool ran = false;
  {
    sync::thread worker{"worker", [&] {
                          if (future.start(1) == promised<Primitives>::started::yes) {
                            ran = true;
                            future.finish_with(7);
                          }
                        }};
    sync::thread canceller{"canceller", [&] { cancelled = future.cancel(); }};
    sync::thread waiter{"waiter", [&] {
                          if (waits)
                            future.wait();
                        }};
  }
  ensure(ran != cancelled, "it was run and cancelled, or neither");
  ensure(future.settled() && future.succeeded() == ran, "it has another end");
  ensure(future.discarded == (cancelled ? 1 : 0),
         "its function was destroyed twice, or not at all");
}

/// A worker begins it and takes that back, and begins it again; meanwhile somebody cancels it, or
/// waits for it.
template <class Primitives>
void postpone(bool waits) {
  promised<Primitives> future;
  bool cancelled = false;
  bool ran = false;
  {
    sync::thread worker{"worker", [&] {
                          using started = typename promised<Primitives>::started;
                          if (future.start(1) == started::yes)
                            future.postpone();
                          if (future.start(2) == started::yes) {
                            ran = true;
                            ensure(future.runner() == 2, "somebody else runs it");
                            future.finish_with(7);
                          }
                        }};
    sync::thread other{"other", [&] {
                         if (waits)
                           future.wait();
                         else
                           cancelled = future.cancel();
                       }};
  }
  ensure(ran != cancelled, "it was run and cancelled, or neither");
  ensure(future.settled() && future.succeeded() == ran, "it has another end");
}

/// Somebody asks to be told, while it ends.
template <class Primitives>
void set_and_tell() {
  promised<Primitives> future;
  using kind = typename bell<Primitives>::kind;
  bell<Primitives> callback{kind::callback}, done{kind::when_done};
  {
    sync::thread setter{"setter", [&] { future.set(7); }};
    sync::thread listener{"listener", [&] {
                            future.attach(callback);
                            future.attach(done);
                          }};
  }
  ensure(callback.rung == 1 && done.rung == 1, "who wanted to know was not told once");
}

/// Cancelled first, settled when the worker has seen that.
template <class Primitives>
void cancel_and_tell() {
  promised<Primitives> future;
  using kind = typename bell<Primitives>::kind;
  bell<Primitives> done{kind::when_done}, settled{kind::when_settled};
  {
    sync::thread listener{"listener", [&] {
                            future.attach(settled);
                            future.attach(done);
                          }};
    sync::thread canceller{"canceller", [&] { future.cancel(); }};
    sync::thread worker{"worker", [&] {
                          if (future.start() == promised<Primitives>::started::yes)
                            future.finish_with(7);
                        }};
  }
  ensure(settled.rung == 1 && done.rung == 1, "who wanted to know was not told once");
}

/// Somebody does not want to be told any more.
template <class Primitives>
void set_and_take_back() {
  promised<Primitives> future;
  bell<Primitives> stays{bell<Primitives>::kind::when_done};
  {
    sync::thread setter{"setter", [&] { future.set(7); }};
    sync::thread listener{"listener", [&] {
                            bell<Primitives> goes{bell<Primitives>::kind::when_done};
                            future.attach(goes);
                            future.attach(stays);
                            future.detach(goes);
                            int before = goes.rung;
                            future.wait();
                            ensure(goes.rung == before, "it was fired after it was taken back");
                          }};
  }
  ensure(stays.rung == 1, "the other one was not told once");
}

} // namespace

TEST_CASE("self: future, a value and one who waits") {
  proved([] { set_and_wait<explored>(1); }, 27);
}

TEST_CASE("self: future, a value and two who wait") {
  proved([] { set_and_wait<explored>(2); }, 9158);
}

TEST_CASE("self: future, two values") {
  proved([] { set_twice<explored>(); }, 8);
}

TEST_CASE("self: future, run or cancelled") {
  proved([] { run_or_cancel<explored>(false); }, 6);
}

TEST_CASE("self: future, run or cancelled while somebody waits") {
  proved([] { run_or_cancel<explored>(true); }, 2126);
}

TEST_CASE("self: future, begun, put off and begun again") {
  proved([] { postpone<explored>(false); }, 16);
  proved([] { postpone<explored>(true); }, 531);
}

TEST_CASE("self: future, a value and those who are told") {
  proved([] { set_and_tell<explored>(); }, 14);
}

TEST_CASE("self: future, cancelled, and those who are told") {
  proved([] { cancel_and_tell<explored>(); }, 593);
}

TEST_CASE("self: future, a value, and one who is not to be told any more") {
  proved([] { set_and_take_back<explored>(); }, 241);
}

TEST_CASE("self: a future that ends by reading and then writing") {
  refuted([] { set_and_wait<torn_exchange>(1); }, explore::ending::deadlock, "BBBAAB");
}

TEST_CASE("self: a future that is claimed by reading and then writing") {
  refuted([] { set_twice<torn_compare>(); }, explore::ending::violated, "AABBBBAA");
}
