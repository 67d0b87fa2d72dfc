// What a message costs on its way through a mailbox, against the same queue made of a lock.

#include <thread>
#include <vector>

#include "bench/benches.hpp"
#include "mailroom/locking/locked_queue.hpp"
#include "mailroom/messaging/mailbox.hpp"

namespace mailroom::benches {

namespace {

constexpr int messages = 200'000;

/// Returns the cost of a message from one of `senders` threads to one of `receivers` others.
template <class Queue, int Senders, int Receivers, std::size_t Capacity>
double pass_on() {
  Queue queue{{.capacity = Capacity}};
  auto send = [&] {
    for (int i = 0; i < messages / Senders; ++i)
      queue.send(i);
  };
  auto receive = [&] {
    while (queue.receive()) {
    }
  };
  auto all = [&] {
    std::vector<std::jthread> receivers;
    for (int i = 0; i < Receivers; ++i)
      receivers.emplace_back(receive);
    {
      std::vector<std::jthread> senders;
      for (int i = 0; i < Senders; ++i)
        senders.emplace_back(send);
    } // all sent
    queue.close();
  };
  return nanoseconds(all) / messages;
}

template <int Senders, int Receivers, std::size_t Capacity>
compare::benchmark passing(const char* name) {
  return {"mailbox",
          name,
          "ns",
          {"mailbox", pass_on<mailbox<int>, Senders, Receivers, Capacity>},
          {{"locked", pass_on<locked_queue<int>, Senders, Receivers, Capacity>}}};
}

} // namespace

std::vector<compare::benchmark> mailbox_cases() {
  return {
    passing<1, 1, 1024>("1 to 1, room for 1024"),
    passing<2, 2, 1024>("2 to 2, room for 1024"),
    passing<4, 1, 0>("4 to 1, unbounded"),
    passing<1, 1, 1>("1 to 1, room for 1"),
  };
}

} // namespace mailroom::benches
