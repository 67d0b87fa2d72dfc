#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "executor/support.hpp"
#include "mailroom/messaging/ask.hpp"
#include "mailroom/messaging/receiver.hpp"

using namespace mailroom;
using namespace mailroom::test;

// Actors that receive from a mailbox.

namespace {

void end(mailroom::system& sys, const std::vector<caf::actor>& actors) {
  CHECK(await_end(sys, actors, std::chrono::steady_clock::now() + limit) == 0);
}

} // namespace

TEST_CASE("receiver: it gets all messages in their order, and ends with the mailbox") {
  mailroom::system sys;
  auto box = std::make_shared<mailbox<std::unique_ptr<int>>>();
  std::vector<int> got;
  box->send(std::make_unique<int>(0));
  auto r = spawn_receiver(sys, box, [&got](std::unique_ptr<int> n) { got.push_back(*n); });
  for (int i = 1; i < 1000; ++i)
    box->send(std::make_unique<int>(i));
  box->close();
  end(sys, {r});
  REQUIRE(got.size() == 1000);
  for (int i = 0; i < 1000; ++i)
    REQUIRE(got[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("receiver: one message at a time, none is forgotten") {
  mailroom::system sys;
  auto box = std::make_shared<mailbox<int>>();
  std::atomic<int> got{0};
  auto r = spawn_receiver(sys, box, [&got](int n) {
    got = n;
    got.notify_all();
  });
  for (int i = 1; i <= 5000; ++i) {
    box->send(i);
    got.wait(i - 1);
    REQUIRE(got == i);
  }
  box->close();
  end(sys, {r});
}

TEST_CASE("receiver: from threads and actors to actors, through a mailbox with a bound") {
  mailroom::system sys;
  auto box = std::make_shared<mailbox<int>>(queue_options{.capacity = 3});
  std::atomic<int> sum{0};
  auto add = [&sum](int n) { sum += n; };
  std::vector<caf::actor> receivers{spawn_receiver(sys, box, add), spawn_receiver(sys, box, add)};
  auto relay = sys.spawn([box](caf::event_based_actor* self) -> caf::behavior {
    return {[self, box](int n) {
      if (!box->try_send(std::move(n)))
        self->send(self, n); // no room: later
    }};
  });
  {
    std::vector<std::jthread> team;
    for (int i = 0; i < 3; ++i)
      team.emplace_back([&] {
        for (int k = 0; k < 1000; ++k)
          box->send(1);
      });
    for (int k = 0; k < 1000; ++k)
      caf::anon_send(relay, 1);
  }
  CHECK(eventually([&] { return sum == 4000; }));
  box->close();
  end(sys, receivers);
}

TEST_CASE("receiver: one that fails leaves what it has not begun") {
  mailroom::system sys;
  auto box = std::make_shared<mailbox<int>>();
  for (int i = 0; i < 5; ++i)
    box->send(i);
  auto clumsy = spawn_receiver(sys, box, [](int n) {
    if (n == 2)
      throw std::runtime_error("dropped it");
  });
  end(sys, {clumsy});
  CHECK(box->size() == 2);
  std::vector<int> got;
  auto careful = spawn_receiver(sys, box, [&got](int n) { got.push_back(n); });
  box->close();
  end(sys, {careful});
  CHECK(got == std::vector{3, 4});
}

TEST_CASE("receiver: it lives on without its handle") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto box = std::make_shared<mailbox<int>>();
  int got = 0;
  spawn_receiver(sys, box, [&got](int n) { got += n; });
  for (int i = 1; i <= 3; ++i) {
    sys.run_all();
    CHECK(got == i - 1);
    box->send(1);
  }
  CHECK(sys.running() == 1);
  box->close();
  sys.run_all();
  CHECK(got == 3);
  CHECK(sys.running() == 0);
}

TEST_CASE("receiver: one that has ended is not called any more") {
  auto box = std::make_shared<mailbox<int>>();
  {
    mailroom::system sys;
    spawn_receiver(sys, box, [](int) {});
    box->send(1);
    CHECK(eventually([&] { return box->size() == 0; }));
  }
  box->send(2);
  CHECK(box->size() == 1);
}

TEST_CASE("receiver: of two, one takes over what the other was called for") {
  mailroom::system sys{{.scheduler = scheduling::manual}};
  auto box = std::make_shared<mailbox<int>>();
  int got = 0;
  auto first = spawn_receiver(sys, box, [&got](int) { ++got; });
  auto second = spawn_receiver(sys, box, [&got](int) { ++got; });
  sys.run_all();
  caf::anon_send_exit(first, caf::exit_reason::kill);
  box->send(1); // calls the first one, which is told to end before
  sys.run_all();
  CHECK(got == 1);
}

TEST_CASE("mailbox: of those who wait to be called, the next one is if one will not receive") {
  mailbox<int> box;
  std::vector<int> calls;
  for (int i : {1, 2, 3})
    box.when_ready([&calls, i] {
      calls.push_back(i);
      return i == 2;
    });
  box.send(1);
  CHECK(calls == std::vector{1, 2});
  box.close();
  CHECK(calls == std::vector{1, 2, 3});
}

TEST_CASE("mailbox: it calls once when there is a message, or none will come") {
  mailbox<int> box;
  int calls = 0;
  auto count = [&calls] {
    ++calls;
    return true;
  };
  box.when_ready(count);
  CHECK(calls == 0);
  box.send(1);
  box.send(2);
  CHECK(calls == 1);
  box.when_ready(count);
  CHECK(calls == 2);
  box.try_receive();
  box.try_receive();
  box.when_ready(count);
  box.send_control(3);
  CHECK(calls == 3);
  box.try_receive();
  box.when_ready(count);
  box.close();
  CHECK(calls == 4);
}
