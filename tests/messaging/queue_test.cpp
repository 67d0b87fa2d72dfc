#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/locking/locked_queue.hpp"
#include "mailroom/messaging/mailbox.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// What a queue of messages has to do, made of atomics or of a lock.

namespace {

struct of_atomics {
  template <class T>
  using queue = mailbox<T>;
};

struct of_a_lock {
  template <class T>
  using queue = locked_queue<T>;
};

template <class Queue>
std::vector<int> all_of(Queue& q) {
  std::vector<int> all;
  while (auto n = q.try_receive())
    all.push_back(*n);
  return all;
}

} // namespace

#define MAILROOM_QUEUES of_atomics, of_a_lock

// -- order --------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("queue: first in, first out", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<int> q;
  CHECK(q.size() == 0);
  for (int i = 0; i < 1000; ++i)
    CHECK(q.send(i));
  CHECK(q.size() == 1000);
  for (int i = 0; i < 1000; ++i) {
    CHECK(q.receive() == i);
    CHECK(q.send(1000 + i));
  }
  CHECK(all_of(q).front() == 1000);
  CHECK(q.size() == 0);
}

TEST_CASE_TEMPLATE("queue: what controls comes first", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<int> q;
  q.send(1);
  q.send(2);
  CHECK(q.receive() == 1);
  q.send_control(-1);
  q.send(3);
  q.send_control(-2);
  CHECK(all_of(q) == std::vector{-1, -2, 2, 3});
}

// -- bounds -------------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("queue: full, it fails", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<int> q{{.capacity = 2, .overflow = overflow_policy::fail}};
  q.send(1);
  q.send(2);
  CHECK(thrown_by([&] { q.send(3); }) == "rejected");
  CHECK(q.stats().dropped == 1);
  CHECK(q.receive() == 1);
  CHECK(q.send(4));
  CHECK(all_of(q) == std::vector{2, 4});
}

TEST_CASE_TEMPLATE("queue: full, it drops the newest", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<int> q{{.capacity = 2, .overflow = overflow_policy::drop_newest}};
  CHECK(q.send(1));
  CHECK(q.send(2));
  CHECK_FALSE(q.send(3));
  CHECK(all_of(q) == std::vector{1, 2});
  CHECK(q.stats().dropped == 1);
}

TEST_CASE_TEMPLATE("queue: full, it drops the oldest, but nothing that controls", Kind,
                   MAILROOM_QUEUES) {
  typename Kind::template queue<int> q{{.capacity = 2, .overflow = overflow_policy::drop_oldest}};
  q.send_control(-1);
  for (int i = 1; i <= 5; ++i)
    CHECK(q.send(i));
  CHECK(q.size() == 3);
  CHECK(all_of(q) == std::vector{-1, 4, 5});
  CHECK(q.stats().dropped == 3);
}

TEST_CASE_TEMPLATE("queue: full, the sender waits", Kind, MAILROOM_QUEUES) {
  constexpr int many = 2000;
  typename Kind::template queue<int> q{{.capacity = 1}};
  std::thread sender{[&] {
    for (int i = 0; i < many; ++i)
      q.send(i);
  }};
  for (int i = 0; i < many; ++i) {
    CHECK(q.size() <= 1);
    CHECK(q.receive() == i);
  }
  sender.join();
}

TEST_CASE_TEMPLATE("queue: what controls needs no room", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<int> q{{.capacity = 1}};
  q.send(1);
  q.send_control(-1);
  q.send_control(-2);
  CHECK(q.size() == 3);
  CHECK(q.receive() == -1);
  int two = 2;
  CHECK_FALSE(q.try_send(std::move(two))); // those that control have made no room
}

TEST_CASE_TEMPLATE("queue: what could not be sent at once is still there", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<std::unique_ptr<int>> q{{.capacity = 1}};
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  CHECK(q.try_send(std::move(first)));
  CHECK_FALSE(q.try_send(std::move(second)));
  REQUIRE(second);
  CHECK(*second == 2);
  CHECK(**q.receive() == 1);
  q.close();
  CHECK_FALSE(q.try_send(std::move(second)));
  CHECK(second);
}

// -- waiting and closing ------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("queue: a receiver waits for a message", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<std::string> to;
  typename Kind::template queue<std::string> from;
  std::thread echo{[&] {
    while (auto m = to.receive())
      from.send(*m + "!");
  }};
  for (int i = 0; i < 200; ++i) {
    to.send(std::to_string(i));
    CHECK(from.receive_for(limit) == std::to_string(i) + "!");
  }
  to.close();
  echo.join();
}

TEST_CASE_TEMPLATE("queue: a receiver does not wait for longer than it wants to", Kind,
                   MAILROOM_QUEUES) {
  typename Kind::template queue<int> q;
  CHECK_FALSE(q.try_receive());
  CHECK_FALSE(q.receive_for(0s));
  CHECK_FALSE(q.receive_for(-1h));
  auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(q.receive_for(20ms));
  CHECK(std::chrono::steady_clock::now() - begin >= 20ms);
  q.send(1);
  CHECK(q.receive_for(0s) == 1);
  q.send(2);
  CHECK(q.receive_for(std::chrono::hours::max()) == 2);
}

TEST_CASE_TEMPLATE("queue: closed, it takes nothing and gives what it has", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<int> q;
  q.send(1);
  q.send_control(-1);
  CHECK_FALSE(q.closed());
  q.close();
  q.close();
  CHECK(q.closed());
  CHECK(thrown_by([&] { q.send(2); }) == "shutdown_error");
  CHECK(thrown_by([&] { q.send_control(-2); }) == "shutdown_error");
  CHECK(q.receive() == -1);
  CHECK(q.receive_for(0s) == 1);
  CHECK_FALSE(q.receive());
  CHECK_FALSE(q.receive_for(limit));
  CHECK_FALSE(q.try_receive());
}

TEST_CASE_TEMPLATE("queue: closed, all who wait hear of it", Kind, MAILROOM_QUEUES) {
  for (int round = 0; round < 50; ++round) {
    typename Kind::template queue<int> empty;
    typename Kind::template queue<int> full{{.capacity = 1}};
    full.send(1);
    gate go;
    std::atomic<int> heard{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        go.pass();
        heard += empty.receive() ? 0 : 1;
      });
      threads.emplace_back([&] {
        go.pass();
        heard += thrown_by([&] { full.send(2); }) == "shutdown_error" ? 1 : 0;
      });
    }
    go.open();
    for (int i = 0; i < round; ++i)
      std::this_thread::yield(); // now before, now after they have begun to wait
    empty.close();
    full.close();
    for (auto& t : threads)
      t.join();
    CHECK(heard == 4);
    CHECK(full.receive() == 1);
  }
}

TEST_CASE_TEMPLATE("queue: closed right after a message, it gives the message", Kind,
                   MAILROOM_QUEUES) {
  for (int round = 0; round < 3000; ++round) {
    typename Kind::template queue<int> q;
    std::thread sender{[&] {
      q.send(1);
      q.close();
    }};
    CHECK(q.receive() == 1);
    CHECK_FALSE(q.receive());
    sender.join();
  }
}

// -- what becomes of messages -------------------------------------------------------------------------

TEST_CASE_TEMPLATE("queue: a message is nowhere else", Kind, MAILROOM_QUEUES) {
  auto message = std::make_shared<int>(1);
  {
    typename Kind::template queue<std::shared_ptr<int>> q{
      {.capacity = 2, .overflow = overflow_policy::drop_oldest}};
    q.send(message);
    CHECK(message.use_count() == 2);
    q.receive();
    CHECK(message.use_count() == 1);
    for (int i = 0; i < 5; ++i)
      q.send(message);
    CHECK(message.use_count() == 3);
    q.send_control(message);
    CHECK(message.use_count() == 4);
  }
  CHECK(message.use_count() == 1);
}

TEST_CASE_TEMPLATE("queue: it counts", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<int> q{
    {.capacity = 3, .overflow = overflow_policy::drop_oldest, .measure_times = true}};
  for (int i = 0; i < 5; ++i)
    q.send(i);
  q.send_control(-1);
  q.receive();
  q.receive();
  auto s = q.stats();
  CHECK(s.sent == 6);
  CHECK(s.received == 2);
  CHECK(s.dropped == 2);
  CHECK(s.waiting == 2);
  CHECK(s.waiting_time.count() == 2);
  CHECK(to_string(s).starts_with("2 waiting, 6 sent, 2 received, 2 dropped, waiting "));
}

TEST_CASE_TEMPLATE("queue: without a clock, it does not measure", Kind, MAILROOM_QUEUES) {
  typename Kind::template queue<int> q;
  q.send(1);
  q.receive();
  CHECK(to_string(q.stats()) == "0 waiting, 1 sent, 1 received, 0 dropped");
}

// -- many at once -------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("queue: one receiver sees what each sender sent in order", Kind,
                   MAILROOM_QUEUES) {
  constexpr int many = 5000;
  for (std::size_t capacity : {0u, 1u, 16u}) {
    typename Kind::template queue<std::pair<int, int>> q{{.capacity = capacity}};
    std::vector<std::thread> senders;
    for (int s = 0; s < 3; ++s)
      senders.emplace_back([&q, s] {
        for (int i = 0; i < many; ++i)
          q.send({s, i});
      });
    std::vector<int> next(3);
    for (int i = 0; i < 3 * many; ++i) {
      auto m = q.receive_for(limit);
      REQUIRE(m);
      CHECK(m->second == next[static_cast<std::size_t>(m->first)]++);
    }
    for (auto& s : senders)
      s.join();
    CHECK(q.size() == 0);
  }
}

TEST_CASE_TEMPLATE("queue: among many receivers, each message goes to one", Kind, MAILROOM_QUEUES) {
  constexpr int many = 6000;
  for (std::size_t capacity : {0u, 1u, 16u}) {
    typename Kind::template queue<int> q{{.capacity = capacity}};
    std::vector<std::atomic<int>> seen(3 * many);
    std::vector<std::thread> senders;
    std::vector<std::thread> receivers;
    for (int t = 0; t < 3; ++t) {
      senders.emplace_back([&q, t] {
        for (int i = 0; i < many; ++i)
          if (i % 100 == 0)
            q.send_control(t * many + i);
          else
            q.send(t * many + i);
      });
      receivers.emplace_back([&, t] {
        for (;;) {
          auto n = t == 0 ? q.receive_for(100us) : q.receive();
          if (n)
            seen[static_cast<std::size_t>(*n)].fetch_add(1);
          else if (q.closed())
            return;
        }
      });
    }
    for (auto& s : senders)
      s.join();
    q.close();
    for (auto& r : receivers)
      r.join();
    for (auto& n : seen)
      CHECK(n == 1);
  }
}

TEST_CASE_TEMPLATE("queue: flooded, it holds no more than it should and counts what it drops", Kind,
                   MAILROOM_QUEUES) {
  constexpr std::uint64_t many = 20'000;
  for (auto policy : {overflow_policy::drop_newest, overflow_policy::drop_oldest}) {
    typename Kind::template queue<int> q{{.capacity = 10, .overflow = policy}};
    std::atomic<std::uint64_t> refused{0};
    std::vector<std::thread> senders;
    for (int t = 0; t < 2; ++t)
      senders.emplace_back([&] {
        for (std::uint64_t i = 0; i < many; ++i)
          refused += q.send(1) ? 0 : 1;
      });
    std::uint64_t received = 0;
    std::thread receiver{[&] {
      while (q.receive())
        ++received;
    }};
    std::size_t longest = 0;
    std::thread watcher{[&] {
      while (!q.closed())
        longest = std::max({longest, q.size(), static_cast<std::size_t>(q.stats().waiting)});
    }};
    for (auto& s : senders)
      s.join();
    q.close();
    receiver.join();
    watcher.join();
    CHECK(longest <= 10);
    auto s = q.stats();
    CHECK(s.received == received);
    CHECK(received + s.dropped == 2 * many);
    CHECK(s.sent + refused == 2 * many);
    CHECK(refused == (policy == overflow_policy::drop_newest ? s.dropped : 0));
  }
}
