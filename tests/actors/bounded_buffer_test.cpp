#include <algorithm>
#include <numeric>
#include <random>

#include <doctest/doctest.h>

#include "actors/bounded_buffer/actor.hpp"
#include "actors/bounded_buffer/locked.hpp"
#include "actors/bounded_buffer/one_condition.hpp"
#include "actors/by_hand.hpp"
#include "mailroom/explore/ensure.hpp"
#include "mailroom/explore/threads.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/thread.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

namespace {

using std::chrono::nanoseconds;
using ending = explore::ending;

/// A buffer that is an actor, for threads.
class asked_buffer {
public:
  explicit asked_buffer(int capacity) : buffer_(sys_.spawn(bounded_buffer, capacity)) {}

  bool put(int item) { return ask<bool>(sys_, buffer_, 10s, put_atom_v, item); }
  bool put_for(int item, nanoseconds limit) {
    return ask<bool>(sys_, buffer_, 10s, put_atom_v, item, limit);
  }
  std::optional<int> get() { return ask<std::optional<int>>(sys_, buffer_, 10s, get_atom_v); }
  std::optional<int> get_for(nanoseconds limit) {
    return ask<std::optional<int>>(sys_, buffer_, 10s, get_atom_v, limit);
  }
  void close() { ask<void>(sys_, buffer_, 10s, close_atom_v); }
  int size() { return ask<int>(sys_, buffer_, 10s, size_atom_v); }

private:
  mailroom::system sys_;
  bounded_buffer_actor buffer_;
};

/// Two put and two get, with room for one.
template <class Buffer>
void two_and_two() {
  Buffer buffer{1};
  std::optional<int> first, second;
  {
    sync::thread a{"producer 1", [&] { buffer.put(1); }};
    sync::thread b{"producer 2", [&] { buffer.put(2); }};
    sync::thread c{"consumer 1", [&] { first = buffer.get(); }};
    sync::thread d{"consumer 2", [&] { second = buffer.get(); }};
  }
  explore::ensure(first && second && *first + *second == 3, "an item was lost");
}

} // namespace

// -- the bug, made to happen ----------------------------------------------------------------------------

TEST_CASE("bounded_buffer.one_condition: room for a producer wakes a consumer, and all sleep") {
  // Both consumers wait. 1 comes in and wakes one, producer 2 waits. That consumer makes room, and
  // wakes the other one.
  auto run = explore::replay(two_and_two<one_condition::bounded_buffer>, "CCDD"
                                                                         "AAABB"
                                                                         "CCC"
                                                                         "DD");
  CHECK(run.end == ending::deadlock);
  CHECK(run.why == "producer 2 waits to wake changed; consumer 2 waits to wake changed");
}

TEST_CASE("bounded_buffer.one_condition: if the right one is woken, all is well") {
  auto run = explore::replay(two_and_two<one_condition::bounded_buffer>, "CCDD"
                                                                         "AAABB"
                                                                         "CC1C");
  CHECK(run.end == ending::fine);
}

TEST_CASE("bounded_buffer.locked: with two conditions there is no choice of whom to wake") {
  CHECK_THROWS_AS(explore::replay(two_and_two<lock_based::bounded_buffer>, "CCDD"
                                                                           "AAABB"
                                                                           "CC1C"),
                  explore::schedule_error);
  CHECK(explore::replay(two_and_two<lock_based::bounded_buffer>, "CCDD"
                                                                 "AAABB"
                                                                 "CCC")
          .end
        == ending::fine);
}

// -- the contract ---------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("bounded_buffer: first in, first out, and never more than there is room for",
                   Buffer, lock_based::bounded_buffer, asked_buffer) {
  Buffer buffer{2};
  CHECK(buffer.put(1));
  CHECK(buffer.put_for(2, 0ns));
  CHECK_FALSE(buffer.put_for(3, 0ns));
  CHECK_FALSE(buffer.put_for(3, -1h));
  CHECK_FALSE(buffer.put_for(3, 1us));
  CHECK(buffer.size() == 2);
  CHECK(buffer.get() == 1);
  CHECK(buffer.put_for(4, nanoseconds::max()));
  CHECK(buffer.get_for(0ns) == 2);
  CHECK(buffer.get_for(nanoseconds::max()) == 4);
  CHECK(buffer.get_for(0ns) == std::nullopt);
  CHECK(buffer.get_for(1us) == std::nullopt);
}

TEST_CASE_TEMPLATE("bounded_buffer: closed, it takes nothing more, and gives what is left", Buffer,
                   lock_based::bounded_buffer, asked_buffer) {
  Buffer buffer{1};
  buffer.put(1);
  bool second = true;
  {
    sync::thread producer{"producer", [&] { second = buffer.put(2); }};
    buffer.close();
  }
  CHECK_FALSE(second);
  CHECK_FALSE(buffer.put(3));
  CHECK(buffer.get() == 1);
  CHECK(buffer.get() == std::nullopt);
}

TEST_CASE_TEMPLATE("bounded_buffer: closing wakes whoever waits for an item", Buffer,
                   lock_based::bounded_buffer, asked_buffer) {
  Buffer buffer{1};
  std::vector<sync::thread> consumers;
  for (int i = 0; i < 3; ++i)
    consumers.emplace_back("consumer", [&] { CHECK(buffer.get() == std::nullopt); });
  buffer.close();
}

TEST_CASE_TEMPLATE("bounded_buffer: every item comes out once, those of a producer in order",
                   Buffer, lock_based::bounded_buffer, asked_buffer) {
  constexpr int producers = 3, consumers = 3, each = 200;
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};
  Buffer buffer{1 + static_cast<int>(random() % 4)};
  std::vector<std::vector<int>> got(consumers);
  {
    std::vector<sync::thread> taking;
    for (auto& mine : got)
      taking.emplace_back("consumer", [&] {
        while (auto item = buffer.get())
          mine.push_back(*item);
      });
    {
      std::vector<sync::thread> making;
      for (int p = 0; p < producers; ++p)
        making.emplace_back("producer", [&buffer, p] {
          for (int i = 0; i < each; ++i)
            buffer.put(p * each + i);
        });
    }
    buffer.close();
  }
  std::vector<int> all;
  for (auto& mine : got) {
    for (int p = 0; p < producers; ++p) {
      std::vector<int> from_one;
      std::copy_if(mine.begin(), mine.end(), std::back_inserter(from_one),
                   [p](int item) { return item / each == p; });
      CHECK(std::is_sorted(from_one.begin(), from_one.end()));
    }
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  std::vector<int> expected(producers * each);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(all == expected);
}

TEST_CASE("bounded_buffer: without room for 1 there is no buffer") {
  CHECK_THROWS_AS(lock_based::bounded_buffer{0}, std::invalid_argument);
  CHECK_THROWS_AS(one_condition::bounded_buffer{-1}, std::invalid_argument);
  CHECK_THROWS_AS(asked_buffer{0}.size(), system_error);
}

// -- who waits for the actor ------------------------------------------------------------------------------

TEST_CASE_FIXTURE(by_hand, "bounded_buffer.actor: producers wait in line, and so do consumers") {
  auto buffer = sys.spawn(bounded_buffer, 1);
  for (int i : {1, 2, 3})
    ask<bool>("put " + std::to_string(i), buffer, put_atom_v, i);
  CHECK(taken() == lines{"put 1: yes"});
  ask<std::optional<int>>("get", buffer, get_atom_v);
  CHECK(taken() == lines{"put 2: yes", "get: 1"});
  ask<std::optional<int>>("get", buffer, get_atom_v);
  CHECK(taken() == lines{"put 3: yes", "get: 2"});
  for (auto name : {"a", "b", "c"})
    ask<std::optional<int>>(name, buffer, get_atom_v);
  CHECK(taken() == lines{"a: 3"});
  ask<bool>("put", buffer, put_atom_v, 4);
  CHECK(taken() == lines{"b: 4", "put: yes"});
}

TEST_CASE_FIXTURE(by_hand, "bounded_buffer.actor: who ends while it waits is forgotten") {
  auto buffer = sys.spawn(bounded_buffer, 1);
  SUBCASE("a consumer, and no item goes to it") {
    auto greedy = ask<std::optional<int>>("greedy", buffer, get_atom_v);
    ask<std::optional<int>>(greedy, "greedy", buffer, get_atom_v);
    ask<std::optional<int>>("patient", buffer, get_atom_v);
    end(greedy);
    ask<bool>("put", buffer, put_atom_v, 1);
    CHECK(taken() == lines{"patient: 1", "put: yes"});
  }
  SUBCASE("a producer, with its item") {
    ask<bool>("put 1", buffer, put_atom_v, 1);
    end(ask<bool>("put 2", buffer, put_atom_v, 2));
    ask<bool>("put 3", buffer, put_atom_v, 3);
    ask<std::optional<int>>("get", buffer, get_atom_v);
    ask<std::optional<int>>("get", buffer, get_atom_v);
    CHECK(taken() == lines{"put 1: yes", "put 3: yes", "get: 1", "get: 3"});
  }
  SUBCASE("also if one of its two waits is over") {
    auto twice = ask<std::optional<int>>("first", buffer, get_atom_v);
    ask<std::optional<int>>(twice, "second", buffer, get_atom_v);
    ask<bool>("put", buffer, put_atom_v, 1);
    end(twice);
    ask<bool>("put", buffer, put_atom_v, 2);
    ask<int>("size", buffer, size_atom_v);
    CHECK(taken() == lines{"first: 1", "put: yes", "put: yes", "size: 1"});
  }
}

TEST_CASE_FIXTURE(by_hand, "bounded_buffer.actor: who has waited is not watched any more") {
  auto buffer = sys.spawn(bounded_buffer, 1);
  auto messages_when_ends = [this](const caf::actor& who) {
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    return sys.run_all();
  };
  auto served = ask<std::optional<int>>("served", buffer, get_atom_v);
  auto waiting = ask<std::optional<int>>("waiting", buffer, get_atom_v);
  ask<bool>("put", buffer, put_atom_v, 1);
  CHECK(messages_when_ends(served) == 1);  // its own
  CHECK(messages_when_ends(waiting) == 2); // and that to the buffer
}

TEST_CASE_FIXTURE(by_hand, "bounded_buffer.actor: nobody waits longer than wanted") {
  auto buffer = sys.spawn(bounded_buffer, 1);
  ask<std::optional<int>>("3 s", buffer, get_atom_v, nanoseconds{3s});
  ask<std::optional<int>>("1 s", buffer, get_atom_v, nanoseconds{1s});
  ask<std::optional<int>>("2 s", buffer, get_atom_v, nanoseconds{2s});
  ask<std::optional<int>>("for ever", buffer, get_atom_v, nanoseconds::max());
  sys.advance(1s - 1ns);
  CHECK(taken() == lines{});
  sys.advance(1ns);
  CHECK(taken() == lines{"1 s: nothing"});
  sys.advance(1h);
  CHECK(taken() == lines{"2 s: nothing", "3 s: nothing"});
  ask<bool>("put", buffer, put_atom_v, 1);
  ask<bool>("put", buffer, put_atom_v, 2);
  CHECK(taken() == lines{"for ever: 1", "put: yes", "put: yes"});
  ask<bool>("put in 1 s", buffer, put_atom_v, 3, nanoseconds{1s});
  sys.advance(1s);
  CHECK(taken() == lines{"put in 1 s: no"});
}

TEST_CASE_FIXTURE(by_hand, "bounded_buffer.actor: when it ends, those who wait hear of it") {
  auto buffer = sys.spawn(bounded_buffer, 1);
  ask<std::optional<int>>("get", buffer, get_atom_v);
  end(buffer);
  CHECK(taken() == lines{"get: request_receiver_down"});
}

TEST_CASE_FIXTURE(by_hand, "bounded_buffer.actor: what nobody could be told about does not wait") {
  auto buffer = sys.spawn(bounded_buffer, 1);
  caf::anon_send(buffer, get_atom_v);
  caf::anon_send(buffer, put_atom_v, 1);
  caf::anon_send(buffer, put_atom_v, 2);
  ask<std::optional<int>>("get", buffer, get_atom_v);
  ask<int>("size", buffer, size_atom_v);
  CHECK(taken() == lines{"get: 1", "size: 0"});
}
